//! How fast the tree grows, notes are read and signatures checked.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use divan::{Bencher, counter::ItemsCount};
use tlog::note::{NoteRef, SigningKey, sign};
use tlog::tree::{Edge, leaf_hash};

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn append_a_million_leaves(bencher: Bencher<'_, '_>) {
    let leaves: Vec<_> = (0..1_000_000_u64).map(|i| leaf_hash(&i.to_be_bytes())).collect();
    bencher.counter(ItemsCount::new(leaves.len())).bench(|| {
        let mut edge = Edge::new();
        for batch in leaves.chunks(4096) {
            divan::black_box(edge.append(batch.iter().copied()));
        }
        edge.root()
    });
}

#[divan::bench]
fn hash_an_entry_of_500_bytes(bencher: Bencher<'_, '_>) {
    let entry = vec![b'x'; 500];
    bencher.bench(|| leaf_hash(divan::black_box(&entry)));
}

#[divan::bench]
fn read_a_note_of_500_bytes(bencher: Bencher<'_, '_>) {
    let key = SigningKey::generate("desk.example/dprk").unwrap();
    let note = sign(&("x".repeat(380) + "\n"), &[&key]).unwrap();
    bencher.bench(|| NoteRef::parse(divan::black_box(&note)).map(|n| n.signatures().count()));
}

#[divan::bench]
fn verify_one_signature(bencher: Bencher<'_, '_>) {
    let key = SigningKey::generate("desk.example/dprk").unwrap();
    let note = sign(&("x".repeat(380) + "\n"), &[&key]).unwrap();
    let vkey = key.verifying_key();
    bencher.bench(|| NoteRef::parse(divan::black_box(&note)).unwrap().verify(&[&vkey]).is_ok());
}

#[divan::bench]
fn sign_a_note(bencher: Bencher<'_, '_>) {
    let key = SigningKey::generate("desk.example/dprk").unwrap();
    let text = "x".repeat(380) + "\n";
    bencher.bench(|| sign(divan::black_box(&text), &[&key]));
}
