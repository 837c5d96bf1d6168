"""Splink 5 on one data set: python splink_run.py febrl|dupehell A.csv B.csv OUT.csv one|best [plain|wide|spelled]"""

import sys

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

kind, file_a, file_b, out, assign = sys.argv[1:6]
setup = sys.argv[6] if len(sys.argv) > 6 else "plain"
con = duckdb.connect()
con.execute("SET threads = 2")
for name, file in (("a", file_a), ("b", file_b)):
    con.execute(f"CREATE TABLE {name} AS SELECT id AS unique_id, * EXCLUDE (id) FROM read_csv('{file}', all_varchar=true)")

if kind == "febrl":
    comparisons = [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.LevenshteinAtThresholds("date_of_birth", [1, 2]),
        cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
        cl.JaroWinklerAtThresholds("address_2", [0.9, 0.7]),
        cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
        cl.LevenshteinAtThresholds("postcode", [1, 2]),
        cl.ExactMatch("state"),
        cl.LevenshteinAtThresholds("street_number", [1]),
    ]
    blocking = [
        block_on("given_name", "surname"),
        block_on("date_of_birth"),
        block_on("postcode", "given_name"),
        block_on("postcode", "surname"),
        block_on("suburb", "given_name"),
        block_on("suburb", "surname"),
        block_on("address_1"),
        block_on("street_number", "postcode"),
        block_on("substr(given_name,1,3)", "substr(surname,1,3)"),
    ]
    training = [block_on("date_of_birth"), block_on("given_name", "surname"), block_on("postcode", "surname")]
    deterministic = ["l.given_name = r.given_name and l.surname = r.surname and l.date_of_birth = r.date_of_birth"]
    recall = 0.5
else:
    comparisons = [
        cl.JaroWinklerAtThresholds("given_name", [0.9, 0.7]),
        cl.JaroWinklerAtThresholds("family_name", [0.9, 0.7]),
        cl.LevenshteinAtThresholds("birth_date", [1, 2]),
        cl.ExactMatch("nationality"),
        cl.JaroWinklerAtThresholds("residential_address_line1", [0.9, 0.7]),
        cl.JaroWinklerAtThresholds("residential_city", [0.9]),
        cl.ExactMatch("residential_postal_code"),
        cl.ExactMatch("residential_state"),
        cl.ExactMatch("residential_country"),
        cl.ExactMatch("occupation"),
        cl.ExactMatch("email_address"),
        cl.ExactMatch("mobile_phone"),
        cl.ExactMatch("tax_id"),
        cl.ExactMatch("personal_administrative_number"),
    ]
    blocking = [
        block_on("email_address"),
        block_on("mobile_phone"),
        block_on("tax_id"),
        block_on("personal_administrative_number"),
        block_on("document_number"),
        block_on("birth_date", "residential_postal_code"),
        block_on("birth_date", "given_name"),
        block_on("birth_date", "family_name"),
        block_on("residential_address_line1"),
        block_on("given_name", "family_name", "residential_city"),
    ]
    training = [block_on("birth_date", "residential_postal_code"), block_on("residential_address_line1")]
    deterministic = ["l.birth_date = r.birth_date and l.residential_address_line1 = r.residential_address_line1"]
    recall = 0.3

if kind != "febrl" and setup in ("wide", "spelled"):
    # More pairs: parts of names and numbers, which a slip elsewhere leaves alone.
    blocking += [
        block_on("birth_date"),
        block_on("residential_postal_code", "substr(family_name,1,2)"),
        block_on("residential_postal_code", "substr(given_name,1,2)"),
        block_on("substr(birth_date,1,7)", "substr(given_name,1,3)", "substr(family_name,1,3)"),
        block_on("substr(mobile_phone,-6)"),
        block_on("substr(document_number,1,6)", "substr(family_name,1,1)"),
    ]
if kind != "febrl" and setup == "spelled":
    # Spelling in more steps, and how common a name is.
    comparisons[0] = cl.NameComparison("given_name").configure(term_frequency_adjustments=True)
    comparisons[1] = cl.NameComparison("family_name").configure(term_frequency_adjustments=True)
    comparisons[4] = cl.JaroWinklerAtThresholds("residential_address_line1", [0.92, 0.85, 0.7])
    comparisons[10] = cl.JaroWinklerAtThresholds("email_address", [0.92, 0.85])
    comparisons[11] = cl.LevenshteinAtThresholds("mobile_phone", [1, 2])

# A table without some of the columns is linked by the rest.
columns = {row[0] for row in con.execute("DESCRIBE a").fetchall()}
fits = lambda text: all(c not in str(text) or c in columns for c in OPTIONAL)
OPTIONAL = ["nationality", "residential_state", "residential_country", "occupation", "tax_id", "personal_administrative_number", "document_number"]
if kind != "febrl":
    comparisons = [c for c in comparisons if fits(c.create_comparison_dict("duckdb"))]
    blocking = [b for b in blocking if fits(b.create_blocking_rule_dict("duckdb"))]

settings = SettingsCreator(
    link_type="link_only",
    comparisons=comparisons,
    blocking_rules_to_generate_predictions=blocking,
)
db = DuckDBAPI(connection=con)
frames = [db.register(name, dataset_display_name=f"table_{name}") for name in ("a", "b")]
linker = Linker(frames, settings)
linker.training.estimate_probability_two_random_records_match(deterministic, recall=recall)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
for rule in training:
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    except ValueError as e:
        # On the full tables some columns agree in every match: an m of 0, which Splink refuses. It goes on with what it has.
        print(f"training on {rule} left out: {e}", file=sys.stderr)
pairs = linker.inference.predict(threshold_match_probability=0.5)
con.execute(f"""
    CREATE TABLE found AS
    SELECT CASE WHEN source_dataset_l < source_dataset_r THEN unique_id_l ELSE unique_id_r END AS left_id,
           CASE WHEN source_dataset_l < source_dataset_r THEN unique_id_r ELSE unique_id_l END AS right_id,
           match_probability AS probability, match_weight AS weight
    FROM {pairs.physical_name}
""")
keep = "SELECT *, row_number() OVER (PARTITION BY right_id ORDER BY weight DESC, left_id) AS n FROM found"
con.execute(f"CREATE TABLE best AS SELECT * FROM ({keep}) WHERE n = 1")
if assign == "one":
    con.execute("CREATE TABLE kept AS SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY left_id ORDER BY weight DESC, right_id) AS k FROM best) WHERE k = 1")
else:
    con.execute("CREATE TABLE kept AS SELECT * FROM best")
con.execute(f"COPY (SELECT left_id, right_id, probability FROM kept) TO '{out}' (HEADER)")
