//! The web application as files in the binary.
//!
//! Its sources lie in `web/`; `build.rs` says when they are built. A binary made without Node holds no files, and
//! [`present`] is false.

mod files {
    include!(concat!(env!("OUT_DIR"), "/files.rs"));
}

/// One file of the application.
#[derive(Debug)]
pub struct File {
    /// Its path, without a leading slash: `assets/app-1a2b.js`.
    pub name: &'static str,
    /// What it holds.
    pub bytes: &'static [u8],
    /// The same packed with gzip, where that is smaller.
    pub gzip: Option<&'static [u8]>,
}

impl File {
    /// Its media type.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        match self.name.rsplit('.').next() {
            Some("html") => "text/html; charset=utf-8",
            Some("js" | "mjs") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("json") => "application/json",
            Some("svg") => "image/svg+xml",
            _ => "application/octet-stream",
        }
    }

    /// Whether its name changes with what it holds, so that it may be kept for ever.
    #[must_use]
    pub fn lasting(&self) -> bool {
        self.name.starts_with("assets/")
    }
}

/// The file at a path.
#[must_use]
pub fn file(name: &str) -> Option<&'static File> {
    files::FILES.binary_search_by(|f| f.name.cmp(name)).ok().and_then(|i| files::FILES.get(i))
}

/// Whether the binary holds the application.
#[must_use]
pub fn present() -> bool {
    file("index.html").is_some()
}

/// The script and the style of the report, which is one file without a server.
#[must_use]
pub fn report() -> Option<(&'static str, &'static str)> {
    let text = |name| file(name).and_then(|f| std::str::from_utf8(f.bytes).ok());
    Some((text("report/report.js")?, text("report/report.css")?))
}
