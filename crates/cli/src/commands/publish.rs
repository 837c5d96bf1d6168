//! `ledger export`: the log for others to read; and what its witnesses say of it.

use std::net::SocketAddr;
use std::path::Path;

use ledger::Ledger;
use ledger::attachments::Attachments;
use ledger::keys::KeyDir;
use tlog::cosignature::Algorithm;
use tlog::policy::Policy;

use super::ledger::open;
use crate::args::PlaceArgs;
use crate::output::{self, remark};
use crate::session::CliError;

/// The policy of a case: which logs and witnesses count (C2SP tlog-policy).
const POLICY: &str = "witnesses.policy";

/// The policy of a case folder, where there is one.
pub(super) fn policy(case: &Path) -> Result<Option<Policy>, CliError> {
    let file = case.join(POLICY);
    match std::fs::read(&file) {
        Ok(bytes) => Policy::read(&bytes)
            .map(Some)
            .map_err(|e| CliError::Call(format!("{}: {e}", file.display()))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(CliError::Call(format!("{}: {e}", file.display()))),
    }
}

/// Adds the log's own long-lasting signature and asks the witnesses; says in words who has not answered. Neither
/// can keep back what was recorded.
pub(super) fn cosign(case: &Path, ledger: &Ledger) -> Result<Vec<String>, CliError> {
    let mut told = Vec::new();
    let keys = KeyDir::default_location().ok_or(CliError::NoKeyDir)?;
    let file = crate::session::log_key_file(ledger.origin(), "mldsa");
    let own = keys.load_or_create_cosigner(&file, ledger.origin(), Algorithm::MlDsa44)?;
    ledger.cosign(&own, desk::http::now())?;
    let Some(policy) = policy(case)? else { return Ok(told) };
    for witness in &policy.witnesses {
        let Some(url) = &witness.url else { continue };
        if witness.key.verify_note(&ledger.published()?).ok().flatten().is_some() {
            continue;
        }
        if let Err(reason) = ledger.ask_witness(url, &witness.key) {
            told.push(format!("witness {} has not cosigned: {reason}", witness.name));
        }
    }
    match policy.check(&ledger.published()?) {
        Ok(trusted) if trusted.witnesses.is_empty() => {}
        Ok(trusted) => {
            let names: Vec<&str> = trusted.witnesses.iter().map(|(n, _)| n.as_str()).collect();
            told.push(format!("cosigned by {}; the quorum of {POLICY} is met", names.join(", ")));
        }
        Err(e) => told.push(format!("{POLICY}: {e}")),
    }
    Ok(told)
}

pub(crate) fn export(
    case: &Path,
    folder: &Path,
    attachments: bool,
    place: &PlaceArgs,
) -> Result<u8, CliError> {
    let ledger = open(case, place)?;
    let witnesses = policy(case)?.map(|p| p.witnesses).unwrap_or_default();
    let vkeys: Vec<String> = witnesses.iter().map(|w| w.key.to_string()).collect();
    if attachments {
        // Before the checkpoint that covers the entries that name them.
        let beside = Attachments::beside(ledger.path());
        let mut wanted = Vec::new();
        ledger.scan(|entries| {
            wanted.extend(entries.iter().flat_map(|e| super::attachments::of_entry(&e.bytes)));
        })?;
        for attachment in wanted {
            if !beside.export(&attachment, folder)? {
                remark(&format!(
                    "{} ({}) is not here: withheld",
                    attachment.name, attachment.sha256
                ));
            }
        }
    }
    let exported = ledger.export(folder, &vkeys)?;
    output::print(&format!(
        "{} entries of {} in {}: {} files written\nto check them: lockstep ledger audit {} --key {}\n",
        exported.size,
        ledger.origin(),
        folder.display(),
        exported.files,
        folder.display(),
        ledger.log_key()
    ))?;
    Ok(0)
}

/// Serves until told to stop; a port that cannot be had is an error of the call.
pub(super) fn run(
    listen: SocketAddr,
    routes: desk::http::Router,
    words: impl FnOnce(SocketAddr) -> String,
) -> Result<u8, CliError> {
    desk::http::serve(listen, routes, |at| remark(&words(at))).map_err(|e| {
        let help = if e.kind() == std::io::ErrorKind::AddrInUse {
            "; another program listens there: name another with --listen, or port 0 for any"
        } else {
            ""
        };
        CliError::Call(format!("{listen}: {e}{help}"))
    })?;
    Ok(0)
}
