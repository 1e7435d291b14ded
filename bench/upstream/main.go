// The upstream of the benchmark: answers like an OpenAI-compatible provider, without work of its own.
//
// The request header x-bench-answer chooses the answer:
//
//	json     a chat completion of about 1 kB, with usage
//	json16   the same with a message of 15 kB
//	sse      200 chunks written as fast as the connection takes them, then usage, then [DONE]
//
// The response says what arrived: x-seen-model, x-seen-length, and, when the request has x-bench-digest,
// x-seen-sha256 of the body.
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"log"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"
)

const (
	chunkCount   = 200
	maxBodyBytes = 64 << 20
	envelope     = `"id":"chatcmpl-AbCdEf0123456789","created":1741569952,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_06737a9306"`
	usage        = `"usage":{"prompt_tokens":1234,"completion_tokens":567,"total_tokens":1801,"prompt_tokens_details":{"cached_tokens":1024,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":128,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}`
	sentence     = "the gateway reads the model field of a chat completion request and picks the upstream that serves it while counting the tokens "
)

func prose(length int) string {
	return strings.Repeat(sentence, length/len(sentence)+1)[:length]
}

func completion(length int) []byte {
	return fmt.Appendf(nil, `{%s,"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"%s","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],%s}`, envelope, prose(length), usage)
}

func stream() [][]byte {
	words := strings.Fields(sentence)
	chunks := make([][]byte, 0, chunkCount+2)
	for i := range chunkCount {
		chunks = append(chunks, fmt.Appendf(nil, "data: {%s,\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" %s\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n", envelope, words[i%len(words)]))
	}
	last := fmt.Appendf(nil, "data: {%s,\"object\":\"chat.completion.chunk\",\"choices\":[],%s}\n\n", envelope, usage)
	return append(chunks, last, []byte("data: [DONE]\n\n"))
}

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	flag.Parse()
	short, long, chunks := completion(500), completion(15<<10), stream()
	handler := func(c *fasthttp.RequestCtx) {
		body := c.Request.Body()
		c.Response.Header.SetBytesV("x-seen-model", c.Request.Header.Peek("x-gateway-model-name"))
		c.Response.Header.Set("x-seen-length", strconv.Itoa(len(body)))
		if len(c.Request.Header.Peek("x-bench-digest")) > 0 {
			sum := sha256.Sum256(body)
			c.Response.Header.Set("x-seen-sha256", hex.EncodeToString(sum[:]))
		}
		switch string(c.Request.Header.Peek("x-bench-answer")) {
		case "sse":
			c.SetContentType("text/event-stream")
			c.SetBodyStreamWriter(func(w *bufio.Writer) {
				for _, chunk := range chunks {
					w.Write(chunk)
					if w.Flush() != nil {
						return
					}
				}
			})
		case "json16":
			c.SetContentType("application/json")
			c.SetBody(long)
		default:
			c.SetContentType("application/json")
			c.SetBody(short)
		}
	}
	server := &fasthttp.Server{Handler: handler, MaxRequestBodySize: maxBodyBytes, ReadBufferSize: 64 << 10, NoDefaultServerHeader: true, NoDefaultDate: true}
	log.Fatal(server.ListenAndServe(*address))
}
