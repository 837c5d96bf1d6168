//! The web application and the rules under which a browser runs it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::api::{self, Answers};

/// Nothing but what this server sends itself: no inline script or style, no frame, no form, no other host. The map
/// draws into canvases that are images of their own (`blob:`, `data:`), in a worker that is a file of ours.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     connect-src 'self'; font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The whole desk: its pages and its API. Only for whoever calls it by a name of this machine.
pub fn desk(answers: Arc<Answers>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/index.html", get(page))
        .route("/assets/{*file}", get(page))
        .route("/icon.svg", get(page))
        .merge(api::routes(answers))
        .layer(middleware::from_fn(guarded))
}

/// Refuses a request that a page of another site sends through a name of its own that leads here (DNS rebinding).
/// Only for what listens on this machine alone.
pub fn at_home(routes: Router, at: SocketAddr) -> Router {
    routes.layer(middleware::from_fn_with_state(at.port(), only_home))
}

async fn only_home(State(port): State<u16>, request: Request, next: Next) -> Response {
    let host =
        request.headers().get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let name = host.strip_suffix(&format!(":{port}")).unwrap_or(host);
    if matches!(name, "127.0.0.1" | "localhost" | "[::1]" | "") {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "this desk answers only to 127.0.0.1 and localhost\n")
            .into_response()
    }
}

async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    response
}

/// Shown where the binary holds no application.
const NO_PAGES: &str = "This lockstep was built without Node.js and holds no web application.\n\
     The API is served all the same: see /api/openapi.json. Build it again with npm at hand.\n";

async fn page(uri: Uri, request: Request) -> Response {
    let name = match uri.path() {
        "/" | "/index.html" => "index.html",
        path => path.trim_start_matches('/'),
    };
    let Some(file) = web::file(name) else {
        return if web::present() {
            (StatusCode::NOT_FOUND, "there is no such file\n").into_response()
        } else {
            (StatusCode::NOT_FOUND, NO_PAGES).into_response()
        };
    };
    let caching = if file.lasting() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let common = [(header::CONTENT_TYPE, file.media_type()), (header::CACHE_CONTROL, caching)];
    let packed = request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.split(',').any(|e| e.trim().split(';').next() == Some("gzip")));
    match file.gzip.filter(|_| packed) {
        Some(gzip) => {
            let encoding = [(header::CONTENT_ENCODING, "gzip"), (header::VARY, "accept-encoding")];
            (common, encoding, gzip).into_response()
        }
        None => (common, [(header::VARY, "accept-encoding")], file.bytes).into_response(),
    }
}
