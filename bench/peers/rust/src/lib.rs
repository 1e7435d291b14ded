//! The peer that Weir's plugins are measured against: the same jobs with the Rust SDK and serde_json.
//!
//! Plugin configuration: `{"job": "noop" | "copy" | "route" | "usage"}`.
//!
//! - `noop`   answers every callback and does nothing
//! - `copy`   holds the request body and copies it into the VM, reads nothing: the floor of a buffering router
//! - `route`  holds the request body, reads its top-level `model`, sets `x-gateway-model-name`
//! - `usage`  reads the usage of a JSON or SSE answer, counts it and sets the filter state `wasm.usage_total`

mod usage;

use proxy_wasm::hostcalls::{define_metric, increment_metric};
use proxy_wasm::traits::*;
use proxy_wasm::types::*;
use serde::Deserialize;
use usage::{Usage, UsageReader};

const MODEL_HEADER: &str = "x-gateway-model-name";

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Job {
    Noop,
    Copy,
    Route,
    Usage,
}

#[derive(Deserialize)]
struct Settings {
    job: Job,
}

#[derive(Deserialize)]
struct Request {
    model: Option<String>,
}

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Warn);
    proxy_wasm::set_root_context(|_| Box::new(Peer { job: Job::Noop, input: 0, output: 0 }));
}}

#[derive(Clone, Copy)]
struct Peer {
    job: Job,
    input: u32,
    output: u32,
}

impl Context for Peer {}

impl RootContext for Peer {
    fn on_configure(&mut self, _: usize) -> bool {
        let text = self.get_plugin_configuration().unwrap_or_default();
        let Ok(settings) = serde_json::from_slice::<Settings>(&text) else {
            return false;
        };
        self.job = settings.job;
        if self.job != Job::Usage {
            return true;
        }
        let counters = ("peer.input_tokens", "peer.output_tokens");
        match (
            define_metric(MetricType::Counter, counters.0),
            define_metric(MetricType::Counter, counters.1),
        ) {
            (Ok(input), Ok(output)) => (self.input, self.output) = (input, output),
            _ => return false,
        }
        true
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Exchange {
            peer: *self,
            streamed: false,
            reader: UsageReader::default(),
        }))
    }
}

struct Exchange {
    peer: Peer,
    streamed: bool,
    reader: UsageReader,
}

impl Context for Exchange {}

impl Exchange {
    fn routes(&self) -> bool {
        matches!(self.peer.job, Job::Copy | Job::Route)
    }

    fn publish(&self, usage: Usage) {
        let _ = increment_metric(self.peer.input, usage.prompt_tokens as i64);
        let _ = increment_metric(self.peer.output, usage.completion_tokens as i64);
        self.set_property(
            vec!["usage_total"],
            Some(usage.total().to_string().as_bytes()),
        );
    }
}

impl HttpContext for Exchange {
    fn on_http_request_headers(&mut self, _: usize, end_of_stream: bool) -> Action {
        if self.routes() && !end_of_stream {
            Action::Pause
        } else {
            Action::Continue
        }
    }

    fn on_http_request_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if !self.routes() {
            return Action::Continue;
        }
        if !end_of_stream {
            return Action::Pause;
        }
        let body = self.get_http_request_body(0, size).unwrap_or_default();
        let model = match self.peer.job {
            Job::Copy => (!body.is_empty()).then(|| "gpt-4o-mini".to_string()),
            _ => serde_json::from_slice::<Request>(&body)
                .ok()
                .and_then(|request| request.model),
        };
        if let Some(model) = model {
            self.set_http_request_header(MODEL_HEADER, Some(&model));
        }
        Action::Continue
    }

    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if self.peer.job == Job::Usage {
            self.streamed = self
                .get_http_response_header("content-type")
                .is_some_and(|kind| kind.starts_with("text/event-stream"));
        }
        Action::Continue
    }

    fn on_http_response_body(&mut self, size: usize, end_of_stream: bool) -> Action {
        if self.peer.job != Job::Usage {
            return Action::Continue;
        }
        if !self.streamed && !end_of_stream {
            return Action::Pause;
        }
        let piece = if size > 0 {
            self.get_http_response_body(0, size).unwrap_or_default()
        } else {
            Vec::new()
        };
        let usage = if self.streamed {
            self.reader.feed(&piece);
            if end_of_stream {
                self.reader.finish()
            } else {
                None
            }
        } else {
            Usage::of(&piece)
        };
        if let Some(usage) = usage {
            self.publish(usage);
        }
        Action::Continue
    }
}
