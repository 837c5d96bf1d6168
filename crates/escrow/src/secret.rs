//! What the sealing state keeps: the declaration in the clear and the seed, in a file encrypted with age.

use std::io::Read;
use std::iter;

use age::secrecy::SecretString;
use serde::{Deserialize, Serialize};
use statement::Sha256Digest;
use statement::kinds::escrow::Form as Agreed;

use crate::{EscrowError, Form, Grid, Sealed, Seed, Site, SitePlace};

/// The first words of the file, so that another file is not taken for one.
const FORMAT: &str = "lockstep-secret/v1";

/// Everything that is needed to open any part of a sealed declaration.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    format: String,
    /// The sealed root, which tells this declaration from others.
    pub root: Sha256Digest,
    seed: Sha256Digest,
    form: Agreed,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    grid: Option<String>,
    sites: Vec<Site>,
    /// Cells of each site, in the order of the sites.
    cells: Vec<Vec<u64>>,
    /// The upper levels of the area's tree, since hashing millions of cells again takes seconds.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    kept: Vec<Sha256Digest>,
}

/// Says which declaration it is of, and nothing of it.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("root", &self.root).finish_non_exhaustive()
    }
}

/// Who can read the file.
#[derive(Clone)]
pub enum Lock {
    /// Whoever knows the passphrase.
    Passphrase(String),
    /// The holders of these age keys: `age1…`.
    Recipients(Vec<String>),
}

/// What the file is read with.
#[derive(Clone)]
pub enum Key {
    /// The passphrase.
    Passphrase(String),
    /// An age identity: `AGE-SECRET-KEY-1…`.
    Identity(String),
}

/// Why a secret file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// What was given cannot be sealed.
    #[error(transparent)]
    Escrow(#[from] EscrowError),
    /// Not an age key.
    #[error("`{0}` is not an age key: {1}")]
    Recipient(String, &'static str),
    /// The passphrase or key does not open it.
    #[error(
        "the secret file does not open: the passphrase or key is another, or the file was changed ({0})"
    )]
    Locked(String),
    /// It opens, and is something else.
    #[error("the file opens, and is not the secret of a sealed declaration: {0}")]
    Other(String),
    /// The content does not give the root it names.
    #[error(
        "the file says it is of the declaration {expected}, and its content gives {found}: it was changed"
    )]
    WrongRoot {
        /// The root it names.
        expected: Sha256Digest,
        /// The root it gives.
        found: Sha256Digest,
    },
    /// It could not be encrypted.
    #[error("the secret file could not be encrypted: {0}")]
    Encrypt(String),
}

impl Secret {
    /// Seals a declaration; `cells` names the cells of each site, in the order of the sites.
    ///
    /// # Errors
    /// As [`Sealed::new`].
    pub fn seal(
        sites: Vec<Site>,
        form: &Form,
        area: Option<(Grid, Vec<Vec<u64>>)>,
        seed: Seed,
    ) -> Result<(Self, Sealed), EscrowError> {
        let (grid, cells) = area.map_or((None, Vec::new()), |(grid, cells)| (Some(grid), cells));
        let mut secret = Self {
            format: FORMAT.to_owned(),
            root: Sha256Digest([0; 32]),
            seed: seed.0,
            form: form.agreed(),
            grid: grid.map(|g| g.to_string()),
            sites,
            cells,
            kept: Vec::new(),
        };
        let sealed = secret.rebuild()?;
        secret.root = sealed.root();
        secret.kept = sealed.kept();
        Ok((secret, sealed))
    }

    /// The sealed declaration again, ready to be opened.
    ///
    /// # Errors
    /// When its content does not give its root.
    pub fn sealed(&self) -> Result<Sealed, SecretError> {
        let sealed = self.rebuild()?;
        let found = sealed.root();
        if found == self.root {
            Ok(sealed)
        } else {
            Err(SecretError::WrongRoot { expected: self.root, found })
        }
    }

    fn rebuild(&self) -> Result<Sealed, EscrowError> {
        let places: Vec<SitePlace> = self
            .sites
            .iter()
            .zip(&self.cells)
            .map(|(site, cells)| SitePlace { id: site.id.clone(), cells: cells.clone() })
            .collect();
        let grid = self.grid.as_ref().map(|text| text.parse::<Grid>()).transpose()?;
        let area = grid.map(|grid| (grid, places.as_slice()));
        let kept = (!self.kept.is_empty()).then(|| self.kept.clone());
        Sealed::with_area(&self.sites, Form::of(&self.form)?, area, Seed(self.seed), kept)
    }

    /// The seed; whoever has it and the declaration can open everything.
    #[must_use]
    pub fn seed(&self) -> Seed {
        Seed(self.seed)
    }

    /// The bytes of the encrypted file.
    ///
    /// # Errors
    /// When a recipient is none.
    pub fn lock(&self, lock: &Lock) -> Result<Vec<u8>, SecretError> {
        let failed = |e: &dyn std::fmt::Display| SecretError::Encrypt(e.to_string());
        let plain = serde_json::to_vec(self).map_err(|e| failed(&e))?;
        let encryptor = match lock {
            Lock::Passphrase(text) => {
                age::Encryptor::with_user_passphrase(SecretString::from(text.clone()))
            }
            Lock::Recipients(keys) => {
                let parse = |key: &String| {
                    key.parse::<age::x25519::Recipient>()
                        .map_err(|e| SecretError::Recipient(key.clone(), e))
                };
                let keys: Vec<_> = keys.iter().map(parse).collect::<Result<_, _>>()?;
                age::Encryptor::with_recipients(keys.iter().map(|k| k as &dyn age::Recipient))
                    .map_err(|e| failed(&e))?
            }
        };
        let mut out = Vec::new();
        let mut writer = encryptor.wrap_output(&mut out).map_err(|e| failed(&e))?;
        std::io::Write::write_all(&mut writer, &plain).map_err(|e| failed(&e))?;
        writer.finish().map_err(|e| failed(&e))?;
        Ok(out)
    }

    /// Reads an encrypted file.
    ///
    /// # Errors
    /// When the key does not open it, or it is something else.
    pub fn unlock(bytes: &[u8], key: &Key) -> Result<Self, SecretError> {
        let locked = |e: &dyn std::fmt::Display| SecretError::Locked(e.to_string());
        let decryptor = age::Decryptor::new(bytes).map_err(|e| locked(&e))?;
        let identity: Box<dyn age::Identity> = match key {
            Key::Passphrase(text) => {
                Box::new(age::scrypt::Identity::new(SecretString::from(text.clone())))
            }
            Key::Identity(text) => Box::new(
                text.trim()
                    .parse::<age::x25519::Identity>()
                    .map_err(|e| SecretError::Recipient("the identity".to_owned(), e))?,
            ),
        };
        let mut plain = Vec::new();
        decryptor
            .decrypt(iter::once(identity.as_ref()))
            .map_err(|e| locked(&e))?
            .read_to_end(&mut plain)
            .map_err(|e| locked(&e))?;
        let secret: Self =
            serde_json::from_slice(&plain).map_err(|e| SecretError::Other(e.to_string()))?;
        if secret.format == FORMAT {
            Ok(secret)
        } else {
            Err(SecretError::Other(format!("it is `{}`", secret.format)))
        }
    }
}
