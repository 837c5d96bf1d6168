//! The validator: every rule of reports by name, each finding at its line and field.
//!
//! Rules run in steps: lines, numbering, corrections, batches and transit, ledger, balance. The sums of a later step
//! would only repeat what an earlier one found, so an area's category is added up when its lines are without
//! errors; what was therefore not looked at is listed in [`Validation::withheld`].

mod batch;
mod correction;
mod ledger;
mod line;
mod mbr;
mod numbering;

use std::collections::BTreeSet;

use foldhash::HashSet;
use serde::Serialize;
use statement::ObjectId;
use statement::kinds::account::Code;

use crate::material_balance::AreaBalance;
use crate::material_ledger::AreaLedger;
use crate::report::{Entry, Report, Reports};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Gravity {
    /// The reports contradict their rules or each other.
    Error,
    /// Something to look at.
    Warning,
}

/// A rule that a report breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The code of the message.
    pub code: &'static str,
    /// The name of the rule.
    pub rule: &'static str,
    /// How bad it is.
    pub gravity: Gravity,
    /// The area.
    pub mba: String,
    /// The statement it stands in.
    pub report: ObjectId,
    /// The line in that statement, counted from 0; absent for the report as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// The number of the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The field, by the name of its column.
    pub column: &'static str,
    /// What is wrong.
    pub message: String,
    /// Words under the place.
    #[serde(skip)]
    pub label: &'static str,
    /// What to do.
    pub help: String,
}

/// A rule of the validator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The code of its message.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The field it is about, by the name of its column.
    pub column: &'static str,
    /// Words under the place.
    pub label: &'static str,
    /// What to do.
    pub help: &'static str,
    /// How bad it is when it is broken.
    pub gravity: Gravity,
}

macro_rules! rules {
    ($($constant:ident = $code:literal $name:literal $gravity:ident at $column:literal: $label:literal, $help:literal;)*) => {
        $(pub(crate) const $constant: Rule = Rule {
            code: $code, name: $name, column: $column, label: $label, help: $help, gravity: Gravity::$gravity,
        };)*
        /// Every rule over reports. What a reader finds in a single field has codes A001 to A013 and A041.
        pub const RULES: &[Rule] = &[$($constant),*];
    };
}

rules! {
    CHANGE_CODE = "A020" "known inventory change" Error at "change": "not known", "docs/reports.md lists the codes of label 411";
    CATEGORY = "A021" "known element category" Error at "material": "not known", "write N, D, E, P or T";
    BASIS = "A022" "known measurement basis" Error at "basis": "not known", "write M or N (not reported before), T or L (reported before); Euratom has E, F, G, H for estimates";
    DESCRIPTION = "A023" "material description" Error at "description": "not a description", "two letters of form, one of container, one of state, as in EOPF; or CONC";
    CONTAINER = "A024" "container S only with enriched forms" Error at "description": "does not go together", "container S goes with the forms that begin with E";
    ISOTOPE_CODE = "A025" "known isotope" Error at "isotope_code": "not known", "G is U-235, K is U-233, J is both";
    REQUIRED = "A026" "field needed by this change" Error at "change": "asks for another field", "give the field that is named";
    LENGTH = "A027" "length of a field" Error at "batch": "too long", "shorten it";
    DECIMALS = "A028" "decimals of a weight" Error at "element": "too many digits", "round the weight, and book the rest as R+ or R-";
    UNIT = "A029" "unit by element" Error at "unit": "the wrong unit", "enriched uranium and plutonium are given in g, all else in kg";
    FISSILE = "A030" "fissile at most element" Error at "isotope": "more than the element", "check both weights and their units";
    ISOTOPE = "A031" "isotope only with enriched uranium" Error at "isotope": "no isotope here", "only category E has a weight of the fissile isotope, and it must have one";
    ENRICHMENT = "A032" "enrichment fits the category" Error at "isotope": "not enriched", "uranium at or below the natural share is N or D: report a category change EN or ED";
    WEIGHT_SIGN = "A033" "sign by inventory change" Error at "element": "negative", "weights are positive and the code gives the sign; only differences (DI) may be negative";
    CHANGE_SIDE = "A034" "category of a category change" Error at "material": "neither side", "a change such as NE is reported in two lines, one of N and one of E";
    NO_ITEMS = "A035" "number of items" Error at "items": "none", "write 1 for bulk material";
    DATE_OUTSIDE = "A036" "date within the period" Error at "date": "outside", "a change stands in the report of its period; one that is late has an entry status of its own";
    REPORT_GAP = "A040" "report numbers without gaps" Error at "report_number": "this report", "send the report that is missing, or number this one anew";
    PART_MISSING = "A042" "all parts of a report" Error at "report_number": "this report", "record the report again";
    LINE_GAP = "A043" "line numbers without gaps" Error at "line": "this number", "lines are numbered in order, each once";
    LINE_COUNT = "A044" "line count" Error at "line": "the last line", "correct the count, or send the lines that are missing";
    BATCH_TWICE = "A050" "batch unique in its area" Error at "batch": "again", "give the batch a name of its own, or correct the first line";
    SHIPPER_NAME = "A051" "receipt keeps the shipper's name" Error at "batch": "another name", "keep the shipper's name, or give it in label 447";
    DI_RECEIPT = "A052" "difference names a receipt" Error at "batch": "no such receipt", "DI names a batch that the area has received";
    REBATCHING = "A053" "rebatching balances" Error at "element": "not balanced", "what RM takes away on a day RP adds on the same day";
    NOT_RECEIVED = "A054" "shipment received" Error at "batch": "not received", "the receiver reports RD or RF with this batch, or the shipper deletes the line";
    NOT_SHIPPED = "A055" "receipt shipped" Error at "batch": "not shipped", "the shipper reports SD or SF with this batch, or the receiver corrects the line";
    TRANSIT_WEIGHT = "A056" "receipt at the shipper's weight" Error at "element": "differs", "a receipt is booked at the shipper's weight, and the difference as DI";
    TRANSIT_DATE = "A057" "receipt after shipment" Error at "date": "too early", "check both dates";
    CATEGORY_PAIR = "A058" "category change in two lines" Error at "element": "no counterpart", "what one category loses the other gains, in the same batch on the same day";
    POINTER_MISSING = "A060" "correction names its line" Error at "status": "names none", "give labels 1002 and 1003: the number of the report and of the line";
    POINTER_ASTRAY = "A061" "corrected line exists" Error at "corrects_line": "leads nowhere", "check the numbers of report and line";
    POINTER_CYCLE = "A062" "corrections lead back in time" Error at "corrects_line": "not earlier", "a correction names a line reported before it";
    POINTER_TWICE = "A063" "a line is corrected once" Error at "corrects_line": "replaced before", "name the line that took its place";
    OLD_VALUES = "A064" "old values repeated exactly" Error at "element": "differs", "a deletion repeats the values of the line it takes out";
    CORRECTED_FIELD = "A065" "no correction of date, batch, area or code" Error at "status": "changes more", "delete the line and report it anew";
    NO_LINE_0 = "A070" "line 0 opens the ledger" Error at "running_balance": "without opening", "begin the report with a line 0 that gives the opening balance of the category";
    OPENING = "A071" "opening is the last closing" Error at "element": "this opening", "carry the closing balance over, or correct the earlier report";
    RUNNING = "A072" "running balance" Error at "running_balance": "does not follow", "the balance after a line is that before it, plus or minus its weight";
    NEGATIVE = "A073" "stock never negative" Error at "element": "more than there is", "a receipt is missing, or the weight or the date is wrong";
    PB_PE = "A080" "PB is the previous PE" Error at "element": "this beginning", "carry the physical ending of the last period over";
    BOOK = "A081" "PB and changes give BA" Error at "element": "this ending", "add increases to PB and take decreases away";
    MUF = "A082" "MF is BA less PE" Error at "element": "this difference", "MF is the book ending less the physical ending";
    CHANGE_SUM = "A083" "MBR changes are the sum of the ICRs" Error at "element": "not the sum", "add up the inventory changes of the period, or correct them";
    PE_SUM = "A084" "PE is the sum of the PIL" Error at "element": "not the sum", "add up the listing, without retained waste, or correct it";
    NO_INVENTORY = "A085" "a period ends with an inventory" Error at "period": "no inventory", "send the physical inventory listing of the last day of the period";
    ENTRY_MISSING = "A086" "PB, BA, PE and MF for each category" Error at "material": "incomplete", "a balance gives PB, each change, BA, PE and MF";
    BOOKED_DIFFERENCE = "A087" "L+ and L- are the inventory difference" Error at "element": "not the difference", "L- books a positive difference, L+ a negative one";
    LATE = "A090" "report in time" Warning at "report_date": "late", "say why in a note";
    ROUNDING = "A091" "rounding below the last decimal" Error at "element": "too large", "R+ and R- only make up for digits that were cut off";
    INVENTORY_INTERVAL = "A092" "inventories at most 14 months apart" Warning at "period": "long after the last", "a physical inventory is taken at least every 14 months";
}

/// What the validator found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Validation {
    /// What is wrong, by area, report and line.
    pub findings: Vec<Finding>,
    /// Areas and categories not added up because of errors in their lines.
    pub withheld: Vec<Withheld>,
}

/// Sums that were not looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Withheld {
    /// The area.
    pub mba: String,
    /// The category; empty for all of them.
    pub material: String,
}

impl Validation {
    /// Errors and warnings.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        let of = |g| self.findings.iter().filter(|f| f.gravity == g).count();
        (of(Gravity::Error), of(Gravity::Warning))
    }
}

/// Where the rules run.
pub(crate) struct Check<'r, 'a> {
    pub reports: &'r Reports<'a>,
    findings: Vec<Finding>,
    /// Categories of areas with errors in their lines.
    tainted: HashSet<(&'a str, Code)>,
    /// Areas of which something is missing.
    unread: &'r BTreeSet<String>,
}

impl<'a> Check<'_, 'a> {
    /// A finding at a line; the sums of its category are then not looked at.
    pub(crate) fn entry(&mut self, rule: &Rule, entry: &Entry<'a>, message: String) {
        self.at(rule, entry, rule.column, message);
    }

    pub(crate) fn at(
        &mut self,
        rule: &Rule,
        entry: &Entry<'a>,
        column: &'static str,
        message: String,
    ) {
        let stated = self.reports.stated(entry.at);
        self.findings.push(Finding {
            code: rule.code,
            rule: rule.name,
            gravity: rule.gravity,
            mba: stated.body.mba.to_string(),
            report: stated.id.clone(),
            index: Some(entry.at.index as usize),
            line: Some(entry.line.line),
            column,
            message,
            label: rule.label,
            help: rule.help.to_owned(),
        });
        if rule.gravity == Gravity::Error {
            let mba = self.reports.report(entry).mba;
            self.tainted.insert((mba, entry.line.material));
        }
    }

    /// A finding at a report as a whole.
    pub(crate) fn report(&mut self, rule: &Rule, report: &Report<'a>, message: String) {
        self.findings.push(Finding {
            code: rule.code,
            rule: rule.name,
            gravity: rule.gravity,
            mba: report.mba.to_owned(),
            report: report.head().id.clone(),
            index: None,
            line: None,
            column: rule.column,
            message,
            label: rule.label,
            help: rule.help.to_owned(),
        });
    }

    /// Whether sums over a category of an area say something.
    pub(crate) fn whole(&self, mba: &'a str, material: Code) -> bool {
        !self.unread.contains(mba) && !self.tainted.contains(&(mba, material))
    }

    /// Whether an area was read whole.
    pub(crate) fn read(&self, mba: &str) -> bool {
        !self.unread.contains(mba)
    }
}

/// Checks all reports. `unread` names areas of which something could not be read.
#[must_use]
pub(crate) fn validate<'a>(
    reports: &Reports<'a>,
    ledgers: &[AreaLedger<'a>],
    balances: &[AreaBalance<'a>],
    unread: &BTreeSet<String>,
    as_of: statement::civil::Date,
) -> Validation {
    let mut check = Check { reports, findings: Vec::new(), tainted: HashSet::default(), unread };
    line::check(&mut check);
    numbering::check(&mut check, balances);
    correction::check(&mut check);
    batch::check(&mut check, as_of);
    // What was withheld follows from the lines alone, not from what the sums then show.
    let mut withheld: BTreeSet<Withheld> = check
        .tainted
        .iter()
        .map(|(mba, material)| Withheld { mba: (*mba).to_owned(), material: material.to_string() })
        .collect();
    withheld
        .extend(unread.iter().map(|mba| Withheld { mba: mba.clone(), material: String::new() }));
    ledger::check(&mut check, ledgers);
    mbr::check(&mut check, balances);
    let mut findings = check.findings;
    findings.sort_by(|a, b| {
        (&a.mba, &a.report, a.index, a.code).cmp(&(&b.mba, &b.report, b.index, b.code))
    });
    Validation { findings, withheld: withheld.into_iter().collect() }
}
