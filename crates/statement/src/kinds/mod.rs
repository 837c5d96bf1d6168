//! Every kind of statement, one Rust type each, grouped by subject.
//!
//! To add a kind: write its type and its `Check` in the module of its subject, then add one line to the
//! table at the end of this file. Reading, writing, listing and validating follow from that line.

pub mod access;
pub mod account;
pub mod agreement;
pub mod declaration;
pub mod escrow;
pub mod evidence;
pub mod findings;
pub mod inspection;
pub mod items;
pub mod roadmap;

use std::fmt;
use std::str::FromStr;

use crate::check::{Check, Faults};
use crate::statement::{Header, ReadError, read_body};

macro_rules! kinds {
    ($($text:literal => $variant:ident($body:ty), $doc:literal;)*) => {
        /// The kind of a statement, as named on its first line.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {$(
            #[doc = $doc]
            $variant,
        )*}

        impl Kind {
            /// Every kind, in the order of the vocabulary.
            pub const ALL: &[Kind] = &[$(Kind::$variant),*];

            /// The name on a statement's first line: `site.declare`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$variant => $text,)*}
            }

            /// What a statement of this kind says, in a few words.
            #[must_use]
            pub fn describe(self) -> &'static str {
                match self {$(Self::$variant => $doc,)*}
            }
        }

        impl FromStr for Kind {
            type Err = UnknownKind;
            fn from_str(text: &str) -> Result<Self, UnknownKind> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(UnknownKind(text.to_owned())),
                }
            }
        }

        /// What a statement says.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Body {
            $(
                #[doc = $doc]
                $variant($body),
            )*
            /// A kind this version does not know. Kept as it is, so that nothing is lost and a later
            /// version can read it.
            Unknown(Unknown),
        }

        impl Body {
            /// The kind; `None` for a kind this version does not know.
            #[must_use]
            pub fn kind(&self) -> Option<Kind> {
                match self {
                    $(Self::$variant(_) => Some(Kind::$variant),)*
                    Self::Unknown(_) => None,
                }
            }

            pub(crate) fn check(&self, faults: &mut Faults) {
                match self {
                    $(Self::$variant(body) => body.check("body", faults),)*
                    Self::Unknown(_) => {}
                }
            }

            pub(crate) fn serialize_with(
                &self,
                header: &Header,
            ) -> Result<String, serde_json::Error> {
                match self {
                    $(Self::$variant(body) => crate::statement::write_body(header, body),)*
                    Self::Unknown(unknown) => Ok(unknown.json.clone()),
                }
            }
        }

        pub(crate) fn read_known(kind: Kind, json: &str) -> Result<(Header, Body), ReadError> {
            match kind {$(
                Kind::$variant => {
                    read_body::<$body>(json).map(|(header, body)| (header, Body::$variant(body)))
                }
            )*}
        }
    };
}

/// A first line that names no kind of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a kind of statement this version knows")]
pub struct UnknownKind(pub String);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A statement of a kind this version does not know, kept byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The kind as named on the first line.
    pub kind: String,
    /// The canonical JSON object as it stands.
    pub json: String,
}

kinds! {
    "agreement.adopt" => AgreementAdopt(agreement::Adopt), "the parties adopt a roadmap";
    "agreement.acknowledge" => AgreementAcknowledge(agreement::Acknowledge), "a party acknowledges or denies a version of an agreed text";
    "key.enroll" => KeyEnroll(agreement::KeyEnroll), "a key starts to speak for its owner";
    "key.revoke" => KeyRevoke(agreement::KeyRevoke), "a key stops speaking for anyone";
    "declaration.seal" => DeclarationSeal(escrow::Seal), "a whole declaration is committed to";
    "declaration.reveal" => DeclarationReveal(escrow::Reveal), "sealed entries are opened";
    "declaration.absence" => DeclarationAbsence(escrow::Absence), "a sealed cell is proved empty";
    "declaration.challenge" => DeclarationChallenge(escrow::Challenge), "a party asks what was sealed in a cell";
    "site.declare" => SiteDeclare(declaration::SiteDeclare), "a site is declared";
    "site.amend" => SiteAmend(declaration::SiteAmend), "a declared site is amended";
    "account.report" => AccountReport(account::AccountReport), "an accounting report (ICR, PIL, MBR)";
    "account.errors" => AccountErrors(account::MeasurementErrors), "how well a stratum of an area is measured";
    "item.declare" => ItemDeclare(declaration::ItemDeclare), "an item is declared";
    "person.declare" => PersonDeclare(declaration::PersonDeclare), "a person is declared by pseudonym";
    "observation.record" => Observation(evidence::Observation), "something was seen";
    "pledge.record" => Pledge(evidence::Pledge), "something was promised";
    "event.record" => Event(evidence::Event), "something happened";
    "claim.record" => Claim(evidence::ClaimRecord), "a figure was stated";
    "access.request" => AccessRequest(access::Request), "access is asked for";
    "access.answer" => AccessAnswer(access::Answer), "a request is answered";
    "access.escalate" => AccessEscalate(access::Escalate), "a request goes to a deciding body";
    "access.step" => AccessStep(access::Step), "a request goes one step on";
    "access.decide" => AccessDecide(access::Decide), "a body decides on a request";
    "access.pause" => AccessPause(access::Pause), "the clocks of a request stand still";
    "access.extend" => AccessExtend(access::Extend), "a clock of a request is lengthened";
    "access.close" => AccessClose(access::Close), "a request ends";
    "interview.request" => InterviewRequest(access::InterviewRequest), "an interview is asked for";
    "interview.answer" => InterviewAnswer(access::InterviewAnswer), "a request for an interview is answered";
    "interview.record" => InterviewRecord(access::InterviewRecord), "an interview was held or not";
    "inspection.record" => Inspection(inspection::InspectionRecord), "an inspection was carried out";
    "measurement.record" => Measurement(inspection::Measurement), "something was measured";
    "sample.take" => SampleTake(inspection::SampleTake), "a sample was taken";
    "sample.event" => SampleEvent(inspection::SampleEvent), "something was done with a sample";
    "seal.apply" => SealApply(inspection::SealApply), "a seal was put on";
    "seal.check" => SealCheck(inspection::SealCheck), "a seal was looked at";
    "item.transfer" => ItemTransfer(items::Transfer), "custody passed";
    "item.receive" => ItemReceive(items::Receive), "a transfer was received";
    "item.step" => ItemStep(items::ItemStep), "an item reached a stage";
    "item.dispose" => ItemDispose(items::Dispose), "an item is gone for good";
    "reversal.assess" => ReversalAssess(items::ReversalAssess), "the time to reverse or to detect is estimated";
    "finding.raise" => FindingRaise(findings::Raise), "a finding is raised";
    "finding.resolve" => FindingResolve(findings::Resolve), "a finding ends";
    "step.claim" => StepClaim(roadmap::StepClaim), "a step's state is claimed";
    "step.verify" => StepVerify(roadmap::StepVerify), "a step is certified";
    "step.dispute" => StepDispute(roadmap::StepDispute), "a step's state is disputed";
    "step.settle" => StepSettle(roadmap::StepSettle), "a dispute about a step ends";
    "step.postpone" => StepPostpone(roadmap::StepPostpone), "a step gets a new date";
    "measure.grant" => MeasureGrant(roadmap::Measure), "relief is given";
    "measure.suspend" => MeasureSuspend(roadmap::Measure), "relief is suspended";
    "measure.restore" => MeasureRestore(roadmap::Measure), "relief is restored";
}
