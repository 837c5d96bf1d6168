//! The secret file and the shares of its seed.
#![cfg(feature = "secret")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use escrow::secret::{Key, Lock, Secret, SecretError};
use escrow::shares::{Share, ShareError, join, split};
use escrow::{Form, Seed, Site};
use proptest::prelude::*;
use statement::Sha256Digest;

fn secret(n: u8) -> Secret {
    let site = Site {
        category: "reactor".into(),
        id: "d-1".into(),
        fields: [("name".to_owned(), "IRT".to_owned())].into(),
    };
    let grid = "south=37 west=124 cell=1 rows=4 columns=4".parse().unwrap();
    let form = Form::new(vec!["reactor".into()], vec!["id".into(), "name".into()], 2).unwrap();
    let area = Some((grid, vec![vec![5]]));
    Secret::seal(vec![site], &form, area, Seed(Sha256Digest([n; 32]))).unwrap().0
}

#[test]
fn a_secret_file_opens_with_its_passphrase_alone() {
    let secret = secret(1);
    let file = secret.lock(&Lock::Passphrase("correct horse".into())).unwrap();
    let read = Secret::unlock(&file, &Key::Passphrase("correct horse".into())).unwrap();
    assert_eq!(read, secret);
    let sealed = read.sealed().unwrap();
    assert_eq!(sealed.root(), secret.root);
    // The area was not hashed again; what it opens must hold all the same.
    sealed.commitment().verify(&sealed.open("cell/5").unwrap()).unwrap();
    assert!(!file.windows(3).any(|w| w == b"IRT"), "the declaration lies in the clear");
    let wrong = Secret::unlock(&file, &Key::Passphrase("correct hose".into())).unwrap_err();
    assert!(matches!(wrong, SecretError::Locked(_)), "{wrong}");
    let mut changed = file.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let wrong = Secret::unlock(&changed, &Key::Passphrase("correct horse".into())).unwrap_err();
    assert!(matches!(wrong, SecretError::Locked(_)), "{wrong}");
    for bytes in [b"".as_slice(), b"not an age file", &file[..40]] {
        assert!(Secret::unlock(bytes, &Key::Passphrase("x".into())).is_err());
    }
}

#[test]
fn a_secret_file_for_the_holders_of_keys() {
    let keys = [age::x25519::Identity::generate(), age::x25519::Identity::generate()];
    let recipients = keys.iter().map(|k| k.to_public().to_string()).collect();
    let file = secret(1).lock(&Lock::Recipients(recipients)).unwrap();
    for key in &keys {
        use age::secrecy::ExposeSecret;
        let text = key.to_string().expose_secret().to_owned();
        assert_eq!(Secret::unlock(&file, &Key::Identity(text)).unwrap(), secret(1));
    }
    let bad = secret(1).lock(&Lock::Recipients(vec!["age1x".into()])).unwrap_err();
    assert!(bad.to_string().contains("`age1x` is not an age key"), "{bad}");
}

#[test]
fn any_three_of_five_and_no_two() {
    let seed = secret(9).seed();
    let shares = split(seed, 3, 5).unwrap();
    for leave_out in 0..5 {
        let some: Vec<Share> = (0..5)
            .filter(|i| *i != leave_out && *i != (leave_out + 1) % 5)
            .map(|i| shares[i].clone())
            .collect();
        assert_eq!(join(&some).unwrap(), seed);
        assert_eq!(join(&some[..2]).unwrap_err(), ShareError::TooFew { found: 2, needed: 3 });
        let twice = [some[0].clone(), some[0].clone(), some[1].clone()];
        assert_eq!(join(&twice).unwrap_err(), ShareError::TooFew { found: 2, needed: 3 });
    }
    let other = split(secret(8).seed(), 3, 5).unwrap();
    let mixed = [shares[0].clone(), shares[1].clone(), other[2].clone()];
    assert_eq!(join(&mixed).unwrap_err(), ShareError::Mixed);
    let mut text = shares[0].to_string();
    assert_eq!(text.parse::<Share>().unwrap(), shares[0]);
    let last = text.pop().unwrap();
    text.push(if last == '0' { '1' } else { '0' });
    let changed = [text.parse().unwrap(), shares[1].clone(), shares[2].clone()];
    assert_eq!(join(&changed).unwrap_err(), ShareError::Wrong);
    for (needed, of) in [(0, 5), (1, 5), (6, 5), (2, 255)] {
        assert!(matches!(split(seed, needed, of), Err(ShareError::Numbers { .. })));
    }
}

proptest! {
    #[test]
    fn no_share_text_panics(text in "[a-z0-9/ -]{0,120}", hex in "[0-9a-f]{0,80}") {
        let _ = text.parse::<Share>();
        if let Ok(share) = format!("lockstep-share/v1 2-of-3 0011223344556677 {hex}").parse::<Share>() {
            let _ = join(&[share.clone(), share]);
        }
    }
}
