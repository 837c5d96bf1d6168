//! A party speaks: its own key signs what it says, and the ledger takes it.

use case::Parsed;
use ledger::keys::KeyDir;
use statement::kinds::agreement::{KeyEnroll, KeyPurpose};
use statement::{Body, Date, Header, ObjectId, PartyId, Statement, civil};
use tlog::note::SigningKey;

use crate::session::{CliError, DESK_KEY, Session, key_file};

/// One thing to be said.
pub(crate) struct Saying {
    pub id: ObjectId,
    pub body: Body,
}

/// A party with its key.
pub(crate) struct Voice {
    pub party: PartyId,
    key: SigningKey,
}

impl Voice {
    /// The party named, else the one that the case says declares.
    pub(crate) fn of(session: &Session, party: Option<&str>) -> Result<Self, CliError> {
        let manifest = session.folder.manifest.as_ref().ok_or(CliError::NoCase)?;
        let party = match party {
            None => manifest.declares.clone().ok_or_else(|| {
                CliError::Call(
                    "case.kdl does not say who declares; name the party with --as".into(),
                )
            })?,
            Some(name) if manifest.knows(name) => {
                name.parse().map_err(|e: statement::IdError| CliError::Call(e.to_string()))?
            }
            Some(name) => {
                let known = manifest.parties.iter().map(|p| p.id.as_str());
                let help = intake::did_you_mean(name, known)
                    .map(|w| format!("; did you mean `{w}`?"))
                    .unwrap_or_default();
                return Err(CliError::Call(format!("`{name}` is not a party of this case{help}")));
            }
        };
        let keys = KeyDir::default_location().ok_or(CliError::NoKeyDir)?;
        let file = key_file("party", party.as_str(), "");
        let name = format!("{party}.lockstep.local");
        let key = keys.load_or_create(&file, &name)?;
        Ok(Self { party, key })
    }

    /// Says it: enrols the party's key with the desk's where that was not done, signs, and appends. What the fold
    /// would not accept is not appended, and the reason is the error. Returns how many entries are new; the case
    /// of the session is up to date then.
    pub(crate) fn say(
        &self,
        session: &mut Session,
        on: civil::Date,
        sayings: Vec<Saying>,
    ) -> Result<usize, CliError> {
        let mut entries = Vec::new();
        let vkey = self.key.verifying_key().to_string();
        if !session.case.keys.iter().any(|k| k.key == vkey) {
            entries.push(self.enrolment(session, vkey)?);
        }
        for Saying { id, body } in sayings {
            let header = self.header(session, id, self.party.clone(), Some(Date::day(on)))?;
            entries.push(Statement { header, body }.sign(&[&self.key])?);
        }
        let mut after = session.case.clone();
        let before = after.rejected.len();
        for entry in &entries {
            after.apply(Parsed::read(entry));
        }
        if let Some(refused) = after.rejected.get(before) {
            return Err(CliError::Call(format!("nothing was recorded: {}", refused.reason)));
        }
        let ledger = session.ledger.as_mut().ok_or(CliError::NoCase)?;
        let appended = ledger.append(entries)?;
        // Another process may have appended in between; then what was folded here is not what stands there.
        session.case =
            if appended.size == after.size { after } else { crate::session::load(ledger)? };
        Ok(appended.added())
    }

    fn enrolment(&self, session: &Session, vkey: String) -> Result<Vec<u8>, CliError> {
        let keys = KeyDir::default_location().ok_or(CliError::NoKeyDir)?;
        let desk = keys.load(DESK_KEY.0)?;
        let id = |text: String| text.parse::<ObjectId>().map_err(|e| CliError::Call(e.to_string()));
        let body = Body::KeyEnroll(KeyEnroll {
            key: vkey,
            owner: self.party.clone(),
            purpose: KeyPurpose::Statement,
        });
        let header = self.header(session, id(format!("key.{}", self.party))?, desk_id()?, None)?;
        Ok(Statement { header, body }.sign(&[&desk])?)
    }

    fn header(
        &self,
        session: &Session,
        id: ObjectId,
        party: PartyId,
        said: Option<Date>,
    ) -> Result<Header, CliError> {
        let case = session.case.id.clone().ok_or(CliError::NoCase)?;
        Ok(Header { case, id, note: None, party, replaces: None, said, source: None })
    }
}

fn desk_id() -> Result<PartyId, CliError> {
    "desk".parse().map_err(|e: statement::IdError| CliError::Call(e.to_string()))
}
