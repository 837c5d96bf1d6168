//! What is served over HTTP: a log's files in the C2SP form, and a witness.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

pub use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ledger::witness::{Answer, Witness};
use ledger::{Ledger, LedgerError};
use tlog::witness::{Refusal, SIZE_TYPE};

/// A body of `add-checkpoint`: 64 lines of proof and a checkpoint with 64 signatures of 3.3 KB.
const MOST_BODY: usize = 512 << 10;

/// Seconds since 1970.
#[must_use]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

/// Serves until the process is told to stop. `ready` is told the address once connections are taken.
///
/// # Errors
/// When the address cannot be listened on.
pub fn serve(
    listen: SocketAddr,
    routes: Router,
    ready: impl FnOnce(SocketAddr),
) -> std::io::Result<()> {
    serve_on(std::net::TcpListener::bind(listen)?, routes, ready)
}

/// The same on a socket that listens already.
///
/// # Errors
/// When the socket cannot be used.
pub fn serve_on(
    listener: std::net::TcpListener,
    routes: Router,
    ready: impl FnOnce(SocketAddr),
) -> std::io::Result<()> {
    let at = listener.local_addr()?;
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        ready(at);
        // Open event streams never end by themselves, so nobody waits for them.
        tokio::select! {
            served = axum::serve(listener, routes) => served,
            () = told_to_stop() => Ok(()),
        }
    });
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    served
}

async fn told_to_stop() {
    let interrupt = async {
        // Without a handler the process ends by itself.
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { () = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    interrupt.await;
}

/// The paths of a C2SP log, read from a ledger file: `checkpoint`, `tile/…`, and the keys.
pub fn log(file: PathBuf) -> Router {
    let file = Arc::new(file);
    Router::new()
        .route("/checkpoint", get(|file| resource(file, Path("checkpoint".to_owned()))))
        .route("/log.vkey", get(keys))
        .route(
            "/tile/{*path}",
            get(|file, Path(path): Path<String>| resource(file, Path(format!("tile/{path}")))),
        )
        .with_state(file)
}

async fn resource(State(file): State<Arc<PathBuf>>, Path(path): Path<String>) -> Response {
    // Each request reads through a connection of its own; the ledger may grow meanwhile.
    let read = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || Ledger::open(&file, None)?.resource(&path)).await
    };
    let caching = if path == "checkpoint" {
        // It changes with each commit and must never be older than what it covers.
        ("text/plain; charset=utf-8", "no-cache")
    } else {
        // What lies at a tile's path never changes.
        ("application/octet-stream", "public, max-age=31536000, immutable")
    };
    match read {
        Ok(Ok(Some(bytes))) => {
            ([(header::CONTENT_TYPE, caching.0), (header::CACHE_CONTROL, caching.1)], bytes)
                .into_response()
        }
        Ok(Ok(None)) => {
            let told = "the log has no such tile (yet)\n";
            (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-cache")], told).into_response()
        }
        Ok(Err(e)) => broken(&e),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn keys(State(file): State<Arc<PathBuf>>) -> Response {
    let read = tokio::task::spawn_blocking(move || -> Result<String, LedgerError> {
        let ledger = Ledger::open(&file, None)?;
        let own = ledger.log_cosigner()?.map(|key| format!("{key}\n")).unwrap_or_default();
        Ok(format!("{}\n{own}", ledger.log_key()))
    });
    match read.await {
        Ok(Ok(text)) => text.into_response(),
        Ok(Err(e)) => broken(&e),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn broken(e: &LedgerError) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{e}\n")).into_response()
}

/// A witness: `POST /add-checkpoint`, and `GET /health`.
pub fn witness(witness: Witness) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/health", get(|| async { "good\n" }))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .with_state(Arc::new(witness))
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Bytes) -> Response {
    let answer = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body, now())).await;
    match answer {
        Ok(Ok(Answer::Cosigned(lines))) => lines.into_response(),
        Ok(Ok(Answer::Refused(refusal))) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
            let typed = |kind: &'static str| -> [(HeaderName, &'static str); 1] {
                [(header::CONTENT_TYPE, kind)]
            };
            match refusal {
                Refusal::Conflict(size) => {
                    (status, typed(SIZE_TYPE), format!("{size}\n")).into_response()
                }
                other => (status, typed("text/plain; charset=utf-8"), format!("{other}\n"))
                    .into_response(),
            }
        }
        Ok(Err(e)) => broken(&e),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
