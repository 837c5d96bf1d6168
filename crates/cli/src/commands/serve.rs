//! The desk in a browser: what `open` ends with, and `serve`.

use std::io::IsTerminal;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use desk::api::Answers;
use desk::{http, pages};

use super::ledger::open as open_ledger;
use crate::args::{CaseArgs, DeskArgs, Format, HOME, PlaceArgs, ViewArgs};
use crate::output::remark;
use crate::session::{CliError, Session, ledger_file};

/// Whether `open` goes on to serve: when it is asked to, or when a person is at a terminal. `OPEN_HELP` says the same.
pub(super) fn wanted(view: &ViewArgs, desk: &DeskArgs) -> bool {
    let person = || {
        std::io::stdout().is_terminal()
            && std::io::stderr().is_terminal()
            && view.format == Format::Table
            && std::env::var_os("CI").is_none()
    };
    desk.serve || (!desk.print && person())
}

/// Serves the desk until told to stop. `code` is what the case says of itself; it stays the exit status.
pub(super) fn desk(
    session: Session,
    case: &CaseArgs,
    view: &ViewArgs,
    desk: &DeskArgs,
    code: u8,
) -> Result<u8, CliError> {
    let title = session.title();
    let answers = answers(session, case, view.as_of);
    let listener = listen(desk.listen)?;
    let at = listener.local_addr().map_err(CliError::Output)?;
    let log = http::log(ledger_file(&case.case, &case.place));
    let routes = pages::at_home(log.merge(pages::desk(answers)), at);
    if !web::present() {
        remark(
            "this lockstep was built without Node.js: it serves the API, but no pages for a browser",
        );
    }
    http::serve_on(listener, routes, |at| {
        let url = format!("http://{at}/");
        remark(&format!("the desk of {title} is at {url} — Ctrl-C ends it"));
        let person = std::io::stderr().is_terminal();
        if web::present() && person && !desk.no_browser && open::that_detached(&url).is_err() {
            remark("no browser could be opened here; open the address yourself");
        }
    })
    .map_err(|e| CliError::Call(format!("the desk cannot be served on {at}: {e}")))?;
    Ok(code)
}

/// The case behind the API, read again whenever its ledger grows.
pub(super) fn answers(
    session: Session,
    case: &CaseArgs,
    as_of: Option<statement::civil::Date>,
) -> Arc<Answers> {
    let (path, place): (PathBuf, PlaceArgs) = (case.case.clone(), case.place.clone());
    let again =
        move || Session::read(&path, &place).map(Session::into_material).map_err(|e| e.to_string());
    let answers = Arc::new(Answers::new(session.into_material(), as_of, Box::new(again)));
    Answers::watch(&answers);
    answers
}

/// The address asked for; without one ours, or a free port when another program has it.
fn listen(asked: Option<SocketAddr>) -> Result<TcpListener, CliError> {
    let failed = |at: &str, e: std::io::Error| {
        let help = if e.kind() == std::io::ErrorKind::AddrInUse {
            "; another program listens there: name another with --listen, or port 0 for any"
        } else {
            ""
        };
        CliError::Call(format!("{at}: {e}{help}"))
    };
    if let Some(at) = asked {
        return TcpListener::bind(at).map_err(|e| failed(&at.to_string(), e));
    }
    match TcpListener::bind(HOME) {
        Err(e) if e.kind() == std::io::ErrorKind::AddrInUse => {
            remark(&format!("{HOME} is taken by another program; a free port is used"));
            TcpListener::bind("127.0.0.1:0").map_err(|e| failed("127.0.0.1", e))
        }
        other => other.map_err(|e| failed(HOME, e)),
    }
}

pub(crate) fn serve(case: &CaseArgs, at: SocketAddr, everyone: bool) -> Result<u8, CliError> {
    // Said now rather than at the first request.
    let origin = open_ledger(&case.case, &case.place)?.origin().to_owned();
    let log = http::log(ledger_file(&case.case, &case.place));
    let home = at.ip().is_loopback();
    if !home && !everyone {
        return super::publish::run(at, log, |at| {
            format!("serving the log {origin} at http://{at}")
        });
    }
    let answers = answers(Session::read(&case.case, &case.place)?, case, None);
    let desk = pages::desk(answers);
    // The log is public and may be asked for by any name, through a proxy; the desk on this machine may not.
    let desk = if everyone { desk } else { pages::at_home(desk, at) };
    super::publish::run(at, log.merge(desk), |at| {
        format!("serving the log {origin} and the desk at http://{at}")
    })
}
