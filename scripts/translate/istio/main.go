// Translates manifests for Istio to what istiod sends the Envoy of a gateway, without a cluster.
//
// Reads YAML on stdin, with one Gateway of the Gateway API; writes {"xds": {<gateway>: {<kind>: [resource]}}, "problems":
// [text]} in JSON. Istio's own resources pass its webhook's validation first. Images are not fetched.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"sigs.k8s.io/yaml"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/constants"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/test"
)

type result struct {
	Xds      map[string]map[string][]json.RawMessage `json:"xds"`
	Problems []string                                `json:"problems"`
}

// object is as much of a manifest as tells where it belongs.
type object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
}

func main() {
	input, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = run(string(input))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(input string) error {
	quiet := log.DefaultOptions()
	quiet.OutputPaths = []string{"stderr"}
	quiet.SetDefaultOutputLevel("all", log.WarnLevel)
	if err := log.Configure(quiet); err != nil {
		return err
	}
	var istio, kubernetes []string
	var gateway object
	for _, text := range strings.Split("\n"+input, "\n---") {
		var head object
		if err := yaml.Unmarshal([]byte(text), &head); err != nil {
			return err
		}
		switch {
		case head.Kind == "":
		case strings.Contains(head.APIVersion, ".istio.io/"):
			istio = append(istio, text)
		default:
			kubernetes = append(kubernetes, text)
			if head.Kind == "Gateway" {
				gateway = head
			}
		}
	}
	if gateway.Kind == "" {
		return fmt.Errorf("no Gateway of gateway.networking.k8s.io")
	}
	kubernetes = append(kubernetes, deployment(gateway)...)
	out := result{Xds: map[string]map[string][]json.RawMessage{}, Problems: []string{}}
	configs, unknown, err := crd.ParseInputs(strings.Join(istio, "\n---\n"))
	if err != nil {
		return err
	}
	for _, kind := range unknown {
		out.Problems = append(out.Problems, "Istio doesn't know "+kind.Kind+" "+kind.Name)
	}
	out.validate(configs)
	if err := test.Wrap(func(t test.Failer) {
		if err := out.translate(t, gateway, configs, strings.Join(kubernetes, "\n---\n")); err != nil {
			t.Fatal(err)
		}
	}); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// address is the gateway's own.
const address = "10.1.1.1"

// deployment is what Istio makes of a Gateway: a service and a pod behind it.
func deployment(gateway object) []string {
	name, namespace := gateway.Metadata.Name, gateway.Metadata.Namespace
	label := "gateway.networking.k8s.io/gateway-name: " + name
	meta := func(name string) string {
		return fmt.Sprintf("metadata: {name: %s, namespace: %s, labels: {%s}}", name, namespace, label)
	}
	service := name + "-istio"
	return []string{
		"apiVersion: v1\nkind: Service\n" + meta(service) +
			fmt.Sprintf("\nspec: {clusterIP: 10.2.2.2, ports: [{name: http, port: 80, targetPort: 80}], selector: {%s}}", label),
		"apiVersion: v1\nkind: Pod\n" + meta(service) + fmt.Sprintf("\nspec: {serviceAccountName: %s}\nstatus: {podIP: %s, phase: Running, conditions: [{type: Ready, status: 'True'}]}", service, address),
		"apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n" +
			fmt.Sprintf("metadata: {name: %s, namespace: %s, labels: {kubernetes.io/service-name: %s}}", service, namespace, service) +
			fmt.Sprintf("\naddressType: IPv4\nendpoints: [{addresses: [%s], conditions: {ready: true}, targetRef: {kind: Pod, name: %s, namespace: %s}}]\nports: [{name: http, port: 80}]", address, service, namespace),
	}
}

func (r *result) validate(configs []config.Config) {
	for _, item := range configs {
		schema, known := collections.All.FindByGroupVersionAliasesKind(item.GroupVersionKind)
		if !known {
			continue
		}
		warning, err := schema.ValidateConfig(item)
		for _, problem := range []error{warning, err} {
			if problem != nil {
				r.Problems = append(r.Problems, fmt.Sprintf("%s %s: %v", item.GroupVersionKind.Kind, item.Name, problem))
			}
		}
	}
}

func (r *result) translate(t test.Failer, gateway object, configs []config.Config, kubernetes string) error {
	istiod := xds.NewFakeDiscoveryServer(t, xds.FakeOptions{
		Configs:                    configs,
		KubernetesObjectString:     kubernetes,
		DisableSecretAuthorization: true,
	})
	labels := map[string]string{"gateway.networking.k8s.io/gateway-name": gateway.Metadata.Name}
	proxy := istiod.SetupProxy(&model.Proxy{
		Type:            model.Router,
		Labels:          labels,
		ConfigNamespace: gateway.Metadata.Namespace,
		IPAddresses:     []string{address},
		Metadata: &model.NodeMetadata{
			Namespace:    gateway.Metadata.Namespace,
			Labels:       labels,
			IstioVersion: "1.30.0",
			ClusterID:    constants.DefaultClusterName,
		},
	})
	kinds := map[string][]json.RawMessage{}
	add := func(kind string, message proto.Message) error {
		text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
		if err == nil {
			kinds[kind] = append(kinds[kind], text)
		}
		return err
	}
	listeners := istiod.Listeners(proxy)
	var all []proto.Message
	all = append(all, messages(listeners)...)
	all = append(all, messages(istiod.RoutesFromListeners(proxy, listeners))...)
	all = append(all, messages(istiod.Clusters(proxy))...)
	all = append(all, messages(istiod.Endpoints(proxy))...)
	names := extensionNames(listeners, istiod.Clusters(proxy))
	extensions := istiod.ConfigGen.BuildExtensionConfiguration(proxy, istiod.PushContext(), names, nil)
	all = append(all, messages(extensions)...)
	for _, message := range all {
		if err := add(string(message.ProtoReflect().Descriptor().Name()), message); err != nil {
			return err
		}
	}
	r.Xds[gateway.Metadata.Namespace+"/"+gateway.Metadata.Name] = kinds
	return nil
}

func messages[T interface {
	*listener.Listener | *route.RouteConfiguration | *cluster.Cluster | *endpoint.ClusterLoadAssignment | *core.TypedExtensionConfig
	proto.Message
}](list []T) []proto.Message {
	out := make([]proto.Message, 0, len(list))
	for _, item := range list {
		out = append(out, item)
	}
	return out
}

// extensionNames are those that the gateway's Envoy will ask for by ECDS.
func extensionNames(listeners []*listener.Listener, clusters []*cluster.Cluster) []string {
	var names []string
	seen := func(filters []*hcm.HttpFilter) {
		for _, filter := range filters {
			if filter.GetConfigDiscovery() != nil {
				names = append(names, filter.Name)
			}
		}
	}
	for _, each := range listeners {
		for _, chain := range each.FilterChains {
			for _, filter := range chain.Filters {
				manager := &hcm.HttpConnectionManager{}
				if filter.GetTypedConfig().UnmarshalTo(manager) == nil {
					seen(manager.HttpFilters)
				}
			}
		}
	}
	for _, each := range clusters {
		names = append(names, upstreamExtensions(each)...)
	}
	return names
}
