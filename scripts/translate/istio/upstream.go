package main

import (
	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	http "github.com/envoyproxy/go-control-plane/envoy/extensions/upstreams/http/v3"
)

// upstreamExtensions are the names that a cluster's own HTTP filters ask for.
func upstreamExtensions(each *cluster.Cluster) []string {
	var names []string
	for _, options := range each.TypedExtensionProtocolOptions {
		protocol := &http.HttpProtocolOptions{}
		if options.UnmarshalTo(protocol) != nil {
			continue
		}
		for _, filter := range protocol.HttpFilters {
			if filter.GetConfigDiscovery() != nil {
				names = append(names, filter.Name)
			}
		}
	}
	return names
}
