//! From a finding or an observation to an access request that a person can sign.

use case::Case;
use serde::Serialize;
use statement::{ObjectId, Place};

use crate::Assessment;

/// A request as it could be made: nobody has asked anything yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccessDraft {
    /// The id it would have.
    pub id: String,
    /// Why: the question or inconsistency to be resolved.
    pub reason: String,
    /// What the team would do there.
    pub activities: Vec<String>,
    /// The declared site, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<ObjectId>,
    /// Where, for a place that is not declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The finding it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<ObjectId>,
    /// What the reason rests on, in words, for whoever signs. The request itself names no source.
    pub rests_on: Vec<String>,
}

/// What complementary access may consist of (INFCIRC/540, article 6); the signer strikes what is not needed.
const ACTIVITIES: &[&str] =
    &["visual observation", "environmental sampling", "radiation detection and measurement"];

/// Drafts the request that an observation, a declared site or a finding asks for; `None` when there is no such object
/// or nothing is open about it.
#[must_use]
pub fn access_draft(assessment: &Assessment, case: &Case, id: &str) -> Option<AccessDraft> {
    let draft = |about: &str, reason: String, rests_on: Vec<String>| AccessDraft {
        id: format!("access.{about}"),
        reason,
        activities: ACTIVITIES.iter().map(|a| (*a).to_owned()).collect(),
        site: None,
        place: None,
        finding: None,
        rests_on,
    };
    if let Some(finding) = case.findings.get(id) {
        let raised = &finding.body.raised;
        let site = raised.about.iter().find(|a| case.sites.get(a.as_str()).is_some()).cloned();
        let place = raised.about.iter().find_map(|a| place_of(case, a.as_str()));
        return Some(AccessDraft {
            site,
            place,
            finding: Some(finding.id.clone()),
            ..draft(id, raised.what.clone(), vec![format!("finding {id}, raised on {}", raised.on)])
        });
    }
    let check = &assessment.crosscheck;
    let holds = |p: &&std::sync::Arc<crosscheck::UnmatchedPlace>| {
        p.id.as_str() == id || p.observations.iter().any(|o| o.as_str() == id)
    };
    if let Some(place) = check.unmatched.iter().find(holds) {
        let readings: Vec<&str> = place.readings.iter().map(|r| r.kind.as_str()).collect();
        let reason = format!(
            "clarify what the place known as {} is: it is described as {}, and no declared site matches it",
            place.name,
            readings.join(" or ")
        );
        let mut rests_on = place.reasons.clone();
        rests_on.push(format!(
            "{} reports; probability that the verdict holds {:.2}; rank {:.2}",
            place.observations.len(),
            place.probability,
            place.rank
        ));
        return Some(AccessDraft {
            place: place
                .observations
                .iter()
                .find_map(|o| place_of(case, o.as_str()))
                .or_else(|| Some(Place { name: Some(place.name.clone()), ..Default::default() })),
            ..draft(id, reason, rests_on)
        });
    }
    if let Some(row) = check.observations.iter().find(|o| o.observation.as_str() == id) {
        let best = row.matches.first()?;
        let reason = format!("clarify whether {} is the declared site {}", row.name, best.id);
        let rests_on = row
            .matches
            .iter()
            .map(|m| format!("matches {} with probability {:.2}", m.id, m.probability))
            .collect();
        return Some(AccessDraft { site: Some(best.id.clone()), ..draft(id, reason, rests_on) });
    }
    let site = check.sites.iter().find(|s| s.site.as_str() == id)?;
    let mut rests_on: Vec<String> = site
        .differences
        .iter()
        .map(|d| {
            format!(
                "{}: declared `{}`, {} says `{}`",
                d.attribute, d.declared, d.observation, d.observed
            )
        })
        .collect();
    let reason = if rests_on.is_empty() {
        rests_on.push("no inspection, measurement or seal of it is recorded".to_owned());
        format!("confirm the declaration of {}", site.name)
    } else {
        format!("resolve where the declaration of {} and what was seen of it differ", site.name)
    };
    Some(AccessDraft { site: Some(site.site.clone()), ..draft(id, reason, rests_on) })
}

/// Where an observation is, if the source says.
fn place_of(case: &Case, id: &str) -> Option<Place> {
    let observation = &case.observations.get(id)?.body;
    let mut place = observation.place.clone().unwrap_or_default();
    place.name.get_or_insert_with(|| observation.name.clone());
    Some(place)
}
