//! What a material balance rests on, and which balances a report feeds.

use std::collections::BTreeSet;

use accountancy::{
    AreaBalance, MaterialBalance, Period, Reports, Trace, Weights, balance_id, balances,
};
use assessment::Assessment;
use statement::Kind;
use statement::kinds::account::WeightUnit;

use crate::material::Material;
use crate::views_accounts;

/// Most runs of lines that are listed of one figure.
const MOST: usize = 12;

/// Words on `id` as a balance, a report or a row of errors, and the entries behind a balance.
pub(crate) fn explain(
    id: &str,
    material: &Material,
    a: &Assessment,
) -> (Vec<String>, BTreeSet<u64>) {
    let (mut words, mut because) = (Vec::new(), BTreeSet::new());
    for j in a.accounts.judgements.iter().filter(|j| j.errors.iter().any(|e| e.as_str() == id)) {
        words.push(format!(
            "the sigma of {} rests on it: {}",
            views_accounts::subject(j),
            views_accounts::verdict_in_words(j)
        ));
    }
    let is_report = material.case.kind_of(id) == Some(Kind::AccountReport);
    if !is_report && !a.accounts.balances.iter().any(|b| b.id == id) {
        return (words, because);
    }
    let reports = Reports::of(&material.case, a.as_of.earliest());
    for area in balances(&reports) {
        for period in &area.periods {
            for b in &period.balances {
                let name = balance_id(area.mba, b.material, period.last);
                if is_report {
                    words.extend(feeds(id, &name, period, b));
                } else if name == id {
                    words.extend(rests_on(&name, &area, period, b, a));
                    let traced = figures(b).into_iter().flat_map(|(_, _, t)| t.to_vec());
                    let stated = period.report.iter().cloned();
                    for report in traced.map(|t| t.report).chain(stated) {
                        if let Some(r) = material.case.accounts.get(report.as_str()) {
                            because.extend(&r.because);
                        }
                    }
                    let of =
                        |j: &&accountancy::Judgement| j.mba == area.mba && j.material == b.material;
                    for row in a.accounts.judgements.iter().filter(of).flat_map(|j| &j.errors) {
                        if let Some(r) = material.case.measurement_errors.get(row.as_str()) {
                            because.extend(&r.because);
                        }
                    }
                }
            }
        }
    }
    (words, because)
}

/// Every figure of a balance with its lines.
fn figures(b: &MaterialBalance) -> Vec<(&str, Weights, &[Trace])> {
    let mut figures = vec![("PB", b.beginning, b.beginning_trace.as_slice())];
    figures.extend(b.changes.iter().map(|c| (c.code.as_str(), c.effect, c.trace.as_slice())));
    figures.extend(b.ending.map(|ending| ("PE", ending, b.ending_trace.as_slice())));
    figures
}

fn weight(w: Weights, unit: WeightUnit) -> String {
    let isotope = w.isotope.map(|i| format!(", of the isotope {i}")).unwrap_or_default();
    format!("{} {}{isotope}", w.element, unit.as_str())
}

fn rests_on(
    name: &str,
    area: &AreaBalance<'_>,
    period: &Period,
    b: &MaterialBalance,
    a: &Assessment,
) -> Vec<String> {
    let muf = b.muf.map_or("no inventory was taken, so it has no MUF".to_owned(), |m| {
        format!("MUF {}", weight(m, b.unit))
    });
    let mut words = vec![format!(
        "{name}: the material balance of {} in {} from {} to {}: {muf}",
        b.material, area.mba, period.first, period.last
    )];
    for (entry, w, trace) in figures(b) {
        let lines = match views_accounts::trace(trace, MOST) {
            empty if empty.is_empty() => "nothing says what was there before".to_owned(),
            lines => lines,
        };
        words.push(format!("  {entry:<3} {}: {lines}", weight(w, b.unit)));
    }
    if let Some(report) = &period.report {
        words.push(format!("the State's own balance of the period: {report}"));
    }
    let of = |j: &&accountancy::Judgement| j.mba == area.mba && j.material == b.material;
    for j in a.accounts.judgements.iter().filter(of) {
        words.push(format!(
            "{}: {}",
            views_accounts::subject(j),
            views_accounts::verdict_in_words(j)
        ));
    }
    words
}

/// What a report gives to a balance.
fn feeds(id: &str, name: &str, period: &Period, b: &MaterialBalance) -> Option<String> {
    let given: Vec<String> = figures(b)
        .into_iter()
        .filter_map(|(entry, _, trace)| {
            let own: Vec<Trace> =
                trace.iter().filter(|t| t.report.as_str() == id).cloned().collect();
            let lines = views_accounts::trace(&own, MOST);
            let (_, lines) = lines.rsplit_once(':')?;
            Some(format!("{entry} by line {lines}"))
        })
        .collect();
    if given.is_empty() {
        let stated = period.report.as_ref().is_some_and(|r| r.as_str() == id);
        return stated.then(|| format!("states the balance {name}"));
    }
    Some(format!("feeds the balance {name}: {}", given.join("; ")))
}
