//! The pages: files of the bundle, with the headers that the bundle's own `_headers` says, as on Cloudflare.
#![cfg_attr(
    not(target_family = "wasm"),
    expect(dead_code, reason = "natively only its pure parts are called, by their tests")
)]
mod headers;

use headers::Rules;
use std::{cell::RefCell, fs, path::Path, rc::Rc};
use vestibule_app::sha256;
use vestibule_core::bytes::to_base64url;

/// Where the manifest mounts the bundle.
const MOUNT: &str = "/";

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// HTTP status.
    pub(crate) status: u16,
    /// All but the length.
    pub(crate) headers: Vec<(String, String)>,
    /// What a GET gets.
    pub(crate) body: Vec<u8>,
    /// Only asked for its headers.
    pub(crate) head: bool,
}

thread_local! {
    static RULES: RefCell<Option<Rc<Rules>>> = const { RefCell::new(None) };
}

/// The instance's rules. Without the file there is no page either.
fn rules() -> Rc<Rules> {
    RULES.with_borrow_mut(|rules| {
        rules
            .get_or_insert_with(|| {
                let text = fs::read_to_string(Path::new(MOUNT).join("_headers")).unwrap_or_default();
                Rc::new(Rules::parse(&text))
            })
            .clone()
    })
}

/// Answers a request for a page; `None` if the bundle has nothing there. `known` is its `If-None-Match`.
pub(crate) fn answer(method: &str, path: &str, query: &str, known: Option<&str>) -> Option<Page> {
    let page = |status, headers, body| Page { status, headers, body, head: method == "HEAD" };
    let mut headers = rules().of(path);
    let mut set = |name: &str, value: String| headers.push((name.to_owned(), value));
    if method != "GET" && method != "HEAD" {
        return None;
    }
    match find(path, |file| Path::new(MOUNT).join(file).is_file()) {
        Found::Nothing => None,
        Found::Elsewhere(place) => {
            set("location", if query.is_empty() { place } else { format!("{place}?{query}") });
            Some(page(307, headers, Vec::new()))
        }
        Found::File(file) => match fs::read(Path::new(MOUNT).join(&file)) {
            Err(_) => None,
            Ok(body) => {
                let tag = format!("\"{}\"", to_base64url(&sha256(&body).0));
                set("content-type", media_type(&file).to_owned());
                set("etag", tag.clone());
                if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
                    return Some(page(304, headers, Vec::new()));
                }
                Some(page(200, headers, body))
            }
        },
    }
}

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// A file, relative to the mount.
    File(String),
    /// Another path shows it.
    Elsewhere(String),
    /// No file of the bundle.
    Nothing,
}

/// Folders show their `index.html` under a path that ends with `/`, as Cloudflare's assets do.
fn find(path: &str, exists: impl Fn(&str) -> bool) -> Found {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let Some(file) = path.strip_prefix('/').filter(|f| f.chars().all(plain)) else { return Found::Nothing };
    // Neither a way out of the mount, nor what only the server reads.
    if file.split('/').any(|part| part.starts_with('.') || part.starts_with('_')) || path.contains("//") {
        return Found::Nothing;
    }
    if file.is_empty() || file.ends_with('/') {
        let index = format!("{file}index.html");
        return if exists(&index) { Found::File(index) } else { Found::Nothing };
    }
    if file == "index.html" || file.ends_with("/index.html") {
        return Found::Elsewhere(path.trim_end_matches("index.html").to_owned());
    }
    if exists(file) {
        Found::File(file.to_owned())
    } else if exists(&format!("{file}/index.html")) {
        Found::Elsewhere(format!("{path}/"))
    } else {
        Found::Nothing
    }
}

fn media_type(file: &str) -> &'static str {
    match file.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_files_of_the_bundle_only() {
        let exists =
            |file: &str| ["index.html", "b/index.html", "assets/a-1_x.js", "_headers", ".x"].contains(&file);
        let file = |name: &str| Found::File(name.into());
        let elsewhere = |place: &str| Found::Elsewhere(place.into());
        for (path, found) in [
            ("/", file("index.html")),
            ("/b/", file("b/index.html")),
            ("/b", elsewhere("/b/")),
            ("/b/index.html", elsewhere("/b/")),
            ("/index.html", elsewhere("/")),
            ("/assets/a-1_x.js", file("assets/a-1_x.js")),
            ("/assets/", Found::Nothing),
            ("/none", Found::Nothing),
            ("/_headers", Found::Nothing),
            ("/.x", Found::Nothing),
            ("/../etc/passwd", Found::Nothing),
            ("/b/../index.html", Found::Nothing),
            ("//b/", Found::Nothing),
            ("/%2e%2e/b/", Found::Nothing),
            ("", Found::Nothing),
        ] {
            assert_eq!(find(path, exists), found, "{path}");
        }
    }
}
