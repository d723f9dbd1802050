//! Secrets in the forms in which they could leak: raw, UTF-16, hex, and the three alignments of base64.
use std::fmt::Write as _;

/// One secret to look for.
#[derive(Debug, Clone)]
pub struct Needle {
    /// What it is, for the report.
    pub name: String,
    forms: Vec<(&'static str, Vec<u8>)>,
}

/// Where a secret was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Name of the needle.
    pub needle: String,
    /// In which form.
    pub form: &'static str,
    /// Byte offset.
    pub at: usize,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The base64 symbols that are the same whatever stands before and after the secret, if it begins `skip` bytes into a
/// group of three.
fn base64_core(bytes: &[u8], skip: usize) -> String {
    let padded = [&vec![0; skip][..], bytes].concat();
    let text = vestibule_core::bytes::to_base64url(&padded);
    // A symbol is sure if all of its 6 bits come from the secret.
    let first = (skip * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    text[first..last].to_owned()
}

impl Needle {
    /// A text, also sought in UTF-16 of both byte orders and in upper and lower case.
    pub fn text(name: &str, text: &str) -> Self {
        let mut needle = Self::bytes(name, text.as_bytes());
        let utf16: Vec<u16> = text.encode_utf16().collect();
        needle.forms.push(("utf-16le", utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect()));
        needle.forms.push(("utf-16be", utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect()));
        for (form, other) in [("lowercase", text.to_lowercase()), ("uppercase", text.to_uppercase())] {
            if other != text {
                needle.forms.push((form, other.into_bytes()));
            }
        }
        let percent = text.replace('@', "%40").replace(' ', "%20");
        if percent != text {
            needle.forms.push(("percent", percent.into_bytes()));
        }
        needle
    }

    /// Any bytes.
    pub fn bytes(name: &str, bytes: &[u8]) -> Self {
        let mut forms = vec![("raw", bytes.to_vec())];
        let lower = hex(bytes);
        forms.push(("HEX", lower.to_uppercase().into_bytes()));
        forms.push(("hex", lower.into_bytes()));
        for skip in 0..3 {
            let url = base64_core(bytes, skip);
            let standard = url.replace('-', "+").replace('_', "/");
            if standard != url {
                forms.push(("base64", standard.into_bytes()));
            }
            forms.push(("base64url", url.into_bytes()));
        }
        forms.push(("base32", vestibule_core::bytes::to_base32(bytes).into_bytes()));
        // A form of a few bytes would be found everywhere by chance.
        forms.retain(|(_, form)| form.len() >= 6);
        Self { name: name.into(), forms }
    }

    /// All places in `hay`, first for each form.
    pub fn find(&self, hay: &[u8]) -> Vec<Found> {
        self.forms
            .iter()
            .filter_map(|(form, bytes)| {
                position(hay, bytes).map(|at| Found { needle: self.name.clone(), form, at })
            })
            .collect()
    }
}

/// First place of `needle` in `hay`; skips on the first byte, which is enough for tens of megabytes.
fn position(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let (&first, rest) = needle.split_first()?;
    let mut from = 0;
    while let Some(step) = hay.get(from..)?.iter().position(|&b| b == first) {
        let at = from + step;
        if hay[at + 1..].starts_with(rest) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Tells the canary scan of the whole test run (`VESTIBULE_NEEDLES`, see `tests/harness/README.md`) of a secret text.
pub fn record_text(name: &str, text: &str) {
    record(&serde_json::json!({ "name": name, "text": text }));
}

/// The same for secret bytes.
pub fn record_bytes(name: &str, bytes: &[u8]) {
    record(&serde_json::json!({ "name": name, "hex": hex(bytes) }));
}

#[expect(clippy::expect_used, reason = "a scan that lacks a needle would find nothing and say so")]
fn record(needle: &serde_json::Value) {
    if let Some(path) = std::env::var_os("VESTIBULE_NEEDLES") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        let line = format!("{needle}\n");
        file.and_then(|mut file| std::io::Write::write_all(&mut file, line.as_bytes()))
            .expect("VESTIBULE_NEEDLES");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_and_alignment_is_found() {
        let secret = "someone@example.org";
        let needle = Needle::text("mail", secret);
        let plain = [b"xy".as_slice(), secret.as_bytes(), b"z"].concat();
        let mut hays = vec![plain.clone(), hex(&plain).into_bytes(), hex(&plain).to_uppercase().into_bytes()];
        for skip in 0..3 {
            hays.push(vestibule_core::bytes::to_base64url(&plain[2 - skip.min(2)..]).into_bytes());
            hays.push(
                vestibule_core::bytes::to_base64url(&[&vec![b'q'; skip][..], &plain].concat()).into_bytes(),
            );
        }
        hays.push(secret.encode_utf16().flat_map(u16::to_le_bytes).collect());
        hays.push(secret.to_uppercase().into_bytes());
        hays.push(b"?m=someone%40example.org".to_vec());
        for hay in hays {
            assert!(!needle.find(&hay).is_empty(), "{:?}", String::from_utf8_lossy(&hay));
        }
        assert!(needle.find(b"someone at example.org").is_empty());
    }
}
