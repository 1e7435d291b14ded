// Translates manifests for Envoy Gateway to what it sends its Envoy, as the controller does, without a cluster.
//
// Reads YAML on stdin; writes {"xds": {<gateway>: {<kind>: [resource]}}, "problems": [text]} in JSON. Every resource is
// validated first: schema, unknown fields, CEL. Images are not fetched: the Wasm code's URI stays the image's.
//
// It calls packages that are internal to Envoy Gateway, so it is laid over its module: see scripts/setup/translators.ts.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gwapiv1 "sigs.k8s.io/gateway-api/apis/v1"

	egv1a1 "github.com/envoyproxy/gateway/api/v1alpha1"
	"github.com/envoyproxy/gateway/internal/gatewayapi"
	"github.com/envoyproxy/gateway/internal/gatewayapi/resource"
	"github.com/envoyproxy/gateway/internal/logging"
	"github.com/envoyproxy/gateway/internal/wasm"
	"github.com/envoyproxy/gateway/internal/xds/translator"
)

type result struct {
	Xds      map[string]map[string][]json.RawMessage `json:"xds"`
	Problems []string                                `json:"problems"`
}

// namespace is where the controller runs.
const namespace = "envoy-gateway-system"

// unfetched stands in for the cache that fetches images and serves them to Envoy.
type unfetched struct{}

func (unfetched) Start(context.Context) {}

func (unfetched) Get(url string, _ *wasm.GetOptions) (string, string, error) {
	return url, strings.Repeat("0", 64), nil
}

func main() {
	input, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = translate(input)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func translate(input []byte) error {
	resources, err := resource.LoadResourcesFromYAMLBytes(input, false, nil)
	if err != nil {
		return err
	}
	if resources.GatewayClass == nil {
		return fmt.Errorf("no GatewayClass")
	}
	// What the controller made at installation, for its Envoys to come to it with.
	resources.Secrets = append(resources.Secrets, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "envoy", Namespace: namespace},
		Data:       map[string][]byte{corev1.TLSCertKey: {}, corev1.TLSPrivateKeyKey: {}},
	})
	quiet := logging.DefaultLogger(io.Discard, egv1a1.LogLevelInfo)
	gateways := &gatewayapi.Translator{
		GatewayControllerName:   string(resources.GatewayClass.Spec.ControllerName),
		GatewayClassName:        gwapiv1.ObjectName(resources.GatewayClass.Name),
		EndpointRoutingDisabled: true,
		EnvoyPatchPolicyEnabled: true,
		BackendEnabled:          true,
		GlobalRateLimitEnabled:  true,
		ControllerNamespace:     namespace,
		WasmCache:               unfetched{},
		Logger:                  quiet,
	}
	translated, err := gateways.Translate(context.Background(), resources)
	out := result{Xds: map[string]map[string][]json.RawMessage{}, Problems: []string{}}
	if err != nil {
		out.Problems = append(out.Problems, err.Error())
	}
	for key, ir := range translated.XdsIR {
		xds := &translator.Translator{
			GlobalRateLimit: &translator.GlobalRateLimitSettings{ServiceURL: "grpc://envoy-ratelimit:8081"},
			Logger:          quiet,
		}
		if resources.EnvoyProxyForGatewayClass != nil {
			xds.FilterOrder = resources.EnvoyProxyForGatewayClass.Spec.FilterOrder
		}
		table, err := xds.Translate(context.Background(), ir)
		if err != nil {
			out.Problems = append(out.Problems, err.Error())
		}
		if table == nil {
			continue
		}
		kinds := map[string][]json.RawMessage{}
		for url, list := range table.XdsResources {
			kind := url[strings.LastIndex(url, ".")+1:]
			for _, item := range list {
				text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(item.(proto.Message))
				if err != nil {
					return err
				}
				kinds[kind] = append(kinds[kind], text)
			}
		}
		out.Xds[key] = kinds
		for _, patch := range table.EnvoyPatchPolicyStatuses {
			for _, ancestor := range patch.Status.Ancestors {
				out.report("EnvoyPatchPolicy", patch.Name, ancestor.Conditions)
			}
		}
	}
	out.reportAll(&translated.Resources)
	return json.NewEncoder(os.Stdout).Encode(out)
}

func (r *result) reportAll(all *resource.Resources) {
	for _, gateway := range all.Gateways {
		r.report("Gateway", gateway.Name, gateway.Status.Conditions)
		for _, listener := range gateway.Status.Listeners {
			r.report("Gateway", gateway.Name+"/"+string(listener.Name), listener.Conditions)
		}
	}
	for _, route := range all.HTTPRoutes {
		for _, parent := range route.Status.Parents {
			r.report("HTTPRoute", route.Name, parent.Conditions)
		}
		if len(route.Status.Parents) == 0 {
			r.Problems = append(r.Problems, "HTTPRoute "+route.Name+": no parent")
		}
	}
	for _, backend := range all.Backends {
		r.report("Backend", backend.Name, backend.Status.Conditions)
	}
	for _, policy := range all.EnvoyExtensionPolicies {
		r.reportPolicy("EnvoyExtensionPolicy", policy.Name, policy.Status)
	}
	for _, policy := range all.SecurityPolicies {
		r.reportPolicy("SecurityPolicy", policy.Name, policy.Status)
	}
	for _, policy := range all.BackendTrafficPolicies {
		r.reportPolicy("BackendTrafficPolicy", policy.Name, policy.Status)
	}
	for _, policy := range all.ClientTrafficPolicies {
		r.reportPolicy("ClientTrafficPolicy", policy.Name, policy.Status)
	}
	for _, policy := range all.BackendTLSPolicies {
		r.reportPolicy("BackendTLSPolicy", policy.Name, policy.Status)
	}
}

func (r *result) reportPolicy(kind, name string, status gwapiv1.PolicyStatus) {
	for _, ancestor := range status.Ancestors {
		r.report(kind, name, ancestor.Conditions)
	}
	if len(status.Ancestors) == 0 {
		r.Problems = append(r.Problems, kind+" "+name+": attached to nothing")
	}
}

// report keeps the conditions that say that something is not as it was asked for.
func (r *result) report(kind, name string, conditions []metav1.Condition) {
	for _, condition := range conditions {
		wanted := metav1.ConditionTrue
		if condition.Type == "Conflicted" || condition.Type == "OverlappingTLSConfig" {
			wanted = metav1.ConditionFalse
		}
		// A route's own policy stands in place of the gateway's: that is as it was asked for.
		if condition.Type == "Overridden" {
			continue
		}
		// No controller has given the gateway an address, or started its Envoy.
		if condition.Status == wanted || condition.Type == "Programmed" && kind == "Gateway" {
			continue
		}
		r.Problems = append(r.Problems, fmt.Sprintf("%s %s: %s is %s: %s", kind, name, condition.Type, condition.Status, condition.Message))
	}
}
