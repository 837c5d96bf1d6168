//! `witness`: follow logs and cosign their checkpoints.

use std::collections::HashMap;

use ledger::keys::KeyDir;
use ledger::witness::Witness;
use tlog::cosignature::{Algorithm, CosignerKey};
use tlog::note::{SigningKey, VerifyingKey};

use crate::args::WitnessArgs;
use crate::output;
use crate::session::CliError;

pub(crate) fn run(args: &WitnessArgs) -> Result<u8, CliError> {
    let mut logs: HashMap<String, Vec<VerifyingKey>> = HashMap::new();
    for log in &args.logs {
        let wrong = |e: &dyn std::fmt::Display| CliError::Call(format!("--log {log}: {e}"));
        let (origin, vkey) =
            log.split_once('=').ok_or_else(|| wrong(&"ORIGIN=VKEY was expected"))?;
        let key: VerifyingKey = vkey.parse().map_err(|e: tlog::note::NoteError| wrong(&e))?;
        if key.is_weak() {
            return Err(wrong(&"the key is weak: others can sign for it"));
        }
        logs.entry(origin.to_owned()).or_default().push(key);
    }
    let keys = keys(args)?;
    let vkeys: Vec<String> = keys.iter().map(|k| k.cosigner().to_string()).collect();
    // `sqlite:FILE` and `sqlite://FILE` are how other witnesses name it.
    let text = args.database_url.to_string_lossy();
    let file =
        text.strip_prefix("sqlite:").map_or(text.as_ref(), |f| f.strip_prefix("//").unwrap_or(f));
    let witness = Witness::open(std::path::Path::new(file), keys, logs)?;
    for vkey in vkeys {
        output::print(&format!("{vkey}\n"))?;
    }
    super::publish::run(args.listen, desk::http::witness(witness), |at| {
        format!("witness {} answers at http://{at}/add-checkpoint", args.name)
    })
}

/// The keys given, or one of each kind from the key folder.
fn keys(args: &WitnessArgs) -> Result<Vec<CosignerKey>, CliError> {
    if !args.private_keys.is_empty() {
        return args.private_keys.iter().map(|text| key(text)).collect();
    }
    let folder = KeyDir::default_location().ok_or(CliError::NoKeyDir)?;
    let made = [(Algorithm::Ed25519, "ed25519"), (Algorithm::MlDsa44, "mldsa")];
    made.iter()
        .map(|(algorithm, kind)| {
            let file = crate::session::key_file("witness", &args.name, kind);
            Ok(folder.load_or_create_cosigner(&file, &args.name, *algorithm)?)
        })
        .collect()
}

/// A cosigner's key, or a plain Ed25519 key used as one.
fn key(text: &str) -> Result<CosignerKey, CliError> {
    CosignerKey::from_private_text(text)
        .or_else(|_| SigningKey::from_private_text(text).map(|key| key.to_cosigner()))
        .map_err(|e| CliError::Call(format!("--private-key: {e}")))
}
