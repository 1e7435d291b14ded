use serde::Deserialize;

/// The token counts of an answer or of one event of a stream.
#[derive(Clone, Copy, Deserialize)]
pub struct Usage {
    #[serde(default)]
    pub prompt_tokens: u64,
    #[serde(default)]
    pub completion_tokens: u64,
}

#[derive(Deserialize)]
struct Answer {
    usage: Option<Usage>,
}

impl Usage {
    pub fn of(json: &[u8]) -> Option<Usage> {
        serde_json::from_slice::<Answer>(json).ok()?.usage
    }

    pub fn total(&self) -> u64 {
        self.prompt_tokens + self.completion_tokens
    }
}

/// Reads the usage out of an SSE stream that arrives in pieces. Every event is parsed: a search for `"usage"` first
/// would be quicker and would believe a model that writes the word.
#[derive(Default)]
pub struct UsageReader {
    partial: Vec<u8>,
    last: Option<Usage>,
}

impl UsageReader {
    pub fn feed(&mut self, piece: &[u8]) {
        let mut rest = piece;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            if self.partial.is_empty() {
                self.line(&rest[..end]);
            } else {
                self.partial.extend_from_slice(&rest[..end]);
                let whole = std::mem::take(&mut self.partial);
                self.line(&whole);
            }
            rest = &rest[end + 1..];
        }
        self.partial.extend_from_slice(rest);
    }

    pub fn finish(&mut self) -> Option<Usage> {
        let whole = std::mem::take(&mut self.partial);
        self.line(&whole);
        self.last
    }

    fn line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(data) = line.strip_prefix(b"data:") else {
            return;
        };
        let data = data.strip_prefix(b" ").unwrap_or(data);
        if data != b"[DONE]" {
            self.last = Usage::of(data).or(self.last);
        }
    }
}
