//! Powers, limits, lasting obligations, clocks.

use notation::Node;

use super::{Once, Reader, Refers};
use crate::model::{Clock, Lasting, Limit, LimitValue, Power, PowerKind, Window};

pub(crate) const POWER: &[&str] = &[
    "title",
    "holder",
    "over",
    "trigger",
    "window",
    "use-within",
    "lapse",
    "used-by",
    "stopped-by",
];
pub(crate) const LIMIT: &[&str] = &[
    "title",
    "by",
    "of",
    "at-most",
    "at-least",
    "until",
    "measured-by",
    "record",
    "on-breach",
    "cured-by",
];
pub(crate) const LASTING: &[&str] = &[
    "title",
    "by",
    "from",
    "until",
    "while",
    "survives",
    "verified-by",
    "broken-by",
    "on-breach",
    "quota",
];
pub(crate) const CLOCK: &[&str] = &["title", "window", "cut-off"];

impl Reader {
    pub(super) fn power(&mut self, node: &Node) {
        self.properties(node, &["does"]);
        let Some((id, span)) = self.new_id(node, "power") else { return };
        let does = match node.prop("does") {
            None => {
                let help =
                    "write does=\"suspend\", does=\"snap-back\" or does=\"withdraw\"".to_owned();
                let text = format!("the power `{id}` does not say what it does");
                self.error("R045", &span, text, Some(help));
                None
            }
            some => self.word(node, some, &PowerKind::ALL),
        };
        let mut power = Power {
            id: id.clone(),
            title: String::new(),
            holders: Vec::new(),
            does: does.unwrap_or(PowerKind::Suspend),
            over: Vec::new(),
            triggers: Vec::new(),
            windows: Vec::new(),
            use_within: None,
            lapse: None,
            used_by: Vec::new(),
            stopped_by: Vec::new(),
            span,
        };
        let mut once = Once::default();
        let mut starts = Vec::new();
        for child in &node.children {
            match child.name.as_str() {
                "title" => {
                    self.once(&mut once, child);
                    power.title = self.text(child, child.arg(0), "a title").unwrap_or_default();
                }
                "holder" => power.holders.extend(self.parties(child)),
                "over" => power.over.extend(self.all_named(child, Refers::Step, None)),
                "trigger" => power.triggers.extend(self.state_of(child, Some(&id))),
                "window" => power.windows.extend(self.window(child)),
                "use-within" => {
                    self.once(&mut once, child);
                    self.properties(child, &["days", "weeks", "months", "years", "round"]);
                    self.no_more(child, 0);
                    power.use_within = self.needed_length(child);
                }
                "lapse" => {
                    self.once(&mut once, child);
                    power.lapse = self.moment_of(child, &id);
                }
                "used-by" => {
                    self.properties(child, &["at"]);
                    self.no_more(child, 1);
                    let at = self.optional_text(child, "at");
                    match child.arg(0) {
                        Some(value) => {
                            if let Some(event) = self.id(child, value) {
                                starts.extend(at.clone().zip(child.prop("at")));
                                power.used_by.push((event, at));
                            }
                        }
                        None => {
                            let text = "`used-by` needs the id of an event or step of the record";
                            self.error("R003", &child.name_span, text, None);
                        }
                    }
                }
                "stopped-by" => {
                    power.stopped_by.extend(self.all_named(child, Refers::Step, Some(&id)))
                }
                _ => self.unknown(child, POWER),
            }
        }
        for (at, value) in starts {
            if !power.windows.iter().any(|w| w.name == at) {
                let names: Vec<&str> = power.windows.iter().map(|w| w.name.as_str()).collect();
                let help = notation::did_you_mean(&at, names.iter().copied())
                    .map(|w| format!("did you mean `{w}`?"));
                let text = format!("the power `{id}` has no window `{at}`");
                self.error("R046", &value.span, text, help);
            }
        }
        if power.holders.is_empty() {
            let text = format!("nobody holds the power `{id}`");
            self.error("R045", &power.span, text, Some("write: holder \"US\"".into()));
        }
        if power.over.is_empty() && power.does != PowerKind::Withdraw {
            let text = format!("the power `{id}` acts on nothing");
            self.error("R045", &power.span, text, Some("write: over \"relief\"".into()));
        }
        self.roadmap.powers.push(power);
    }

    fn window(&mut self, node: &Node) -> Option<Window> {
        self.properties(node, &["hours", "days", "weeks", "by", "beside", "if-silent"]);
        self.no_more(node, 1);
        let name = self.text(node, node.arg(0), "a name")?;
        let by = self.optional_text(node, "by");
        let if_silent = self.optional_text(node, "if-silent");
        let beside = self.flag(node, "beside");
        let units = [("hours", 1_u32), ("days", 24), ("weeks", 168)];
        let given: Vec<_> =
            units.iter().filter_map(|(u, f)| Some((*u, *f, node.prop(u)?))).collect();
        let [(unit, factor, value)] = given.as_slice() else {
            let text =
                format!("the window `{name}` needs one length: `hours=`, `days=` or `weeks=`");
            self.error("R003", &node.name_span, text, None);
            return None;
        };
        let n: u32 = self.number(node, Some(value), &format!("a whole number of {unit}"))?;
        let hours = n.saturating_mul(*factor);
        Some(Window { name, hours, by, beside, if_silent, span: node.name_span.clone() })
    }

    pub(super) fn clock(&mut self, node: &Node) {
        self.properties(node, &[]);
        let Some((id, span)) = self.new_id(node, "clock") else { return };
        let mut clock =
            Clock { id, title: String::new(), windows: Vec::new(), cut_off_days: None, span };
        let mut once = Once::default();
        for child in &node.children {
            match child.name.as_str() {
                "title" => {
                    self.once(&mut once, child);
                    clock.title = self.text(child, child.arg(0), "a title").unwrap_or_default();
                }
                "window" => clock.windows.extend(self.window(child)),
                "cut-off" => {
                    self.once(&mut once, child);
                    self.properties(child, &["days"]);
                    self.no_more(child, 0);
                    clock.cut_off_days =
                        self.number(child, child.prop("days"), "a whole number of days");
                }
                _ => self.unknown(child, CLOCK),
            }
        }
        if clock.windows.is_empty() {
            let text = format!("the clock `{}` has no window", clock.id);
            let help = "write: window \"answer\" hours=24".to_owned();
            self.error("R003", &clock.span, text, Some(help));
        }
        self.roadmap.clocks.push(clock);
    }

    pub(super) fn limit(&mut self, node: &Node) {
        self.properties(node, &["by"]);
        let Some((id, span)) = self.new_id(node, "limit") else { return };
        let mut limit = Limit {
            id: id.clone(),
            title: String::new(),
            by: Vec::new(),
            of: None,
            values: Vec::new(),
            until: None,
            measured_by: None,
            record: None,
            on_breach: Vec::new(),
            cured_by: Vec::new(),
            span,
        };
        if let Some(by) = node.prop("by") {
            self.party(node, by, &mut limit.by);
        }
        let mut once = Once::default();
        for child in &node.children {
            match child.name.as_str() {
                "at-most" | "at-least" | "by" | "on-breach" | "cured-by" => {}
                _ => self.once(&mut once, child),
            }
            match child.name.as_str() {
                "title" => {
                    limit.title = self.text(child, child.arg(0), "a title").unwrap_or_default();
                }
                "by" => limit.by.extend(self.parties(child)),
                "of" => {
                    self.properties(child, &[]);
                    self.no_more(child, 1);
                    limit.of = self.text(child, child.arg(0), "what is limited");
                }
                "at-most" | "at-least" => {
                    self.properties(child, &["unit", "from"]);
                    self.no_more(child, 1);
                    let from = self.optional_date(child, "from");
                    if let Some((value, unit)) = self.amount(child) {
                        let (floor, span) = (child.name == "at-least", child.name_span.clone());
                        limit.values.push(LimitValue { value, unit, floor, from, span });
                    }
                }
                "until" => {
                    self.properties(child, &[]);
                    self.no_more(child, 1);
                    limit.until = self.date(child, child.arg(0), "a date in quotes");
                }
                "measured-by" => limit.measured_by = self.role_or_party(child),
                "record" => limit.record = self.of_record(child).pop(),
                "on-breach" => {
                    limit.on_breach.extend(self.all_named(child, Refers::Answer, Some(&id)));
                }
                "cured-by" => limit.cured_by.extend(self.all_named(child, Refers::Step, Some(&id))),
                _ => self.unknown(child, LIMIT),
            }
        }
        if limit.values.is_empty() {
            let text = format!("the limit `{id}` has no figure");
            let help = "write: at-most 300 unit=\"kg UF6\"".to_owned();
            self.error("R003", &limit.span, text, Some(help));
        }
        self.roadmap.limits.push(limit);
    }

    pub(super) fn lasting(&mut self, node: &Node) {
        self.properties(node, &["by"]);
        let Some((id, span)) = self.new_id(node, "lasting obligation") else { return };
        let mut lasting = Lasting {
            id: id.clone(),
            title: String::new(),
            by: Vec::new(),
            from: None,
            until: None,
            while_: Vec::new(),
            survives: false,
            verified_by: None,
            broken_by: Vec::new(),
            on_breach: Vec::new(),
            quota: None,
            span,
        };
        if let Some(by) = node.prop("by") {
            self.party(node, by, &mut lasting.by);
        }
        let mut once = Once::default();
        for child in &node.children {
            match child.name.as_str() {
                "by" | "while" | "broken-by" | "on-breach" => {}
                _ => self.once(&mut once, child),
            }
            match child.name.as_str() {
                "title" => {
                    lasting.title = self.text(child, child.arg(0), "a title").unwrap_or_default();
                }
                "by" => lasting.by.extend(self.parties(child)),
                "from" => lasting.from = self.moment_of(child, &id),
                "until" => lasting.until = self.moment_of(child, &id),
                "while" => lasting.while_.extend(self.all_named(child, Refers::Thing, Some(&id))),
                "survives" => {
                    self.properties(child, &[]);
                    self.no_more(child, 0);
                    lasting.survives = true;
                }
                "verified-by" => lasting.verified_by = self.role_or_party(child),
                "broken-by" => lasting.broken_by.extend(self.of_record(child)),
                "on-breach" => {
                    lasting.on_breach.extend(self.all_named(child, Refers::Answer, Some(&id)));
                }
                "quota" => lasting.quota = self.quota(child),
                _ => self.unknown(child, LASTING),
            }
        }
        if lasting.by.is_empty() {
            let text = format!("nobody is bound by `{id}`");
            self.error("R011", &lasting.span, text, Some("write: by \"DPRK\"".into()));
        }
        self.roadmap.lasting.push(lasting);
    }
}
