//! The paths, each described where it is served.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use statement::civil;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes as paths;

use super::answers::Answers;
use super::question::{FindingsPage, ForesightPage, Paging, Question, RoadmapPage};
use super::{balances, map, overview, record, table};
use crate::material::{Mistake, Problem};
use crate::why::Why;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lockstep desk",
        description = "Reads a case: every part of its assessment on any day, and its ledger. Nothing is written over it. \
                       Every answer carries a strong ETag made from the ledger's root, the day and the question."
    ),
    components(schemas(Fault))
)]
struct Description;

/// What an error says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// What is wrong, in words.
    error: String,
}

type Held = State<Arc<Answers>>;

/// The day a question is about.
#[derive(Debug, Default, Deserialize)]
struct OfDay {
    as_of: Option<String>,
}

fn fault(status: StatusCode, words: &str) -> Response {
    let body = serde_json::to_string(&Fault { error: words.to_owned() }).unwrap_or_default();
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}

fn refused(problem: &Problem) -> Response {
    let status = match problem {
        Problem::NotFound(_) => StatusCode::NOT_FOUND,
        Problem::Question(_) => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    fault(status, &problem.to_string())
}

/// One exact day; like the command line's `--as-of`.
fn day(of: &OfDay) -> Result<Option<civil::Date>, Problem> {
    let Some(text) = of.as_of.as_deref().filter(|t| !t.is_empty()) else { return Ok(None) };
    let date: statement::Date =
        text.parse().map_err(|e: statement::DateError| Problem::Question(format!("as_of: {e}")))?;
    date.exact().map(Some).ok_or_else(|| {
        Problem::Question(format!("as_of: `{text}` is not one day; write it as 2008-06-30"))
    })
}

async fn answer(
    answers: Arc<Answers>,
    of: OfDay,
    headers: HeaderMap,
    question: Question,
) -> Response {
    let day = match day(&of) {
        Ok(day) => day,
        Err(problem) => return refused(&problem),
    };
    let answer = match answers.remembered(&question, day) {
        Some(answer) => answer,
        None => {
            let work = tokio::task::spawn_blocking(move || answers.answer(question, day));
            match work.await {
                Ok(Ok(answer)) => answer,
                Ok(Err(problem)) => return refused(&problem),
                Err(_) => {
                    return fault(
                        StatusCode::INTERNAL_SERVER_ERROR,
                        "the answer could not be worked out",
                    );
                }
            }
        }
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|tags| tags.split(',').any(|t| t.trim() == &*answer.etag)) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, answer.etag.to_string())])
            .into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, answer.media_type.to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, answer.etag.to_string()),
    ];
    (headers, answer.bytes).into_response()
}

macro_rules! plain {
    ($name:ident, $path:literal, $question:expr, $body:ty, $words:literal) => {
        #[utoipa::path(
            get,
            path = $path,
            description = $words,
            params(("as_of" = Option<String>, Query, description = "The day, YYYY-MM-DD; today without it")),
            responses((status = 200, body = $body), (status = 400, body = Fault))
        )]
        async fn $name(State(a): Held, Query(of): Query<OfDay>, headers: HeaderMap) -> Response {
            answer(a, of, headers, $question).await
        }
    };
}

plain!(
    case,
    "/api/case",
    Question::Case,
    overview::CasePage,
    "What the case is, and on what its pages rest"
);
plain!(
    overview_,
    "/api/overview",
    Question::Overview,
    overview::OverviewPage,
    "Where the case stands in one look"
);
plain!(
    map_,
    "/api/map",
    Question::Map,
    map::MapPage,
    "Places declared and seen, with their precision"
);
plain!(
    roadmap,
    "/api/roadmap",
    Question::Roadmap,
    RoadmapPage,
    "The agreement: its steps on a day, and what waits for what"
);
plain!(
    balances_,
    "/api/balances",
    Question::Balances,
    balances::BalancesPage,
    "Runs of material balances: MUF with its limits, the tests, the error budget"
);
plain!(
    foresight,
    "/api/foresight",
    Question::Foresight,
    ForesightPage,
    "What follows from the agreement: how promises were kept, and when it will be done"
);
plain!(
    board,
    "/api/board",
    Question::Board,
    serde_json::Value,
    "Complete, verifiable, irreversible: what the record lets anyone say of each word"
);
plain!(
    mistakes,
    "/api/mistakes",
    Question::Mistakes,
    Vec<Mistake>,
    "The mistakes of the case folder, each with its place"
);

#[utoipa::path(
    get, path = "/api/assessment/{part}",
    description = "A part of the assessment as the command line prints it as JSON; `/api/case` lists the parts",
    params(
        ("part" = String, Path, description = "The part: crosscheck, figures, roadmap, …"),
        ("as_of" = Option<String>, Query, description = "The day, YYYY-MM-DD; today without it"),
    ),
    responses((status = 200, body = serde_json::Value), (status = 400, body = Fault), (status = 404, body = Fault))
)]
async fn part(
    State(a): Held,
    Path(part): Path<String>,
    Query(of): Query<OfDay>,
    headers: HeaderMap,
) -> Response {
    answer(a, of, headers, Question::Part(part)).await
}

#[derive(Debug, Deserialize)]
struct OfKind {
    kind: Option<String>,
}

#[utoipa::path(
    get, path = "/api/findings",
    description = "Everything that does not fit, by kind and rank, with its evidence",
    params(
        ("as_of" = Option<String>, Query, description = "The day, YYYY-MM-DD; today without it"),
        ("kind" = Option<String>, Query, description = "One kind only"),
        ("q" = Option<String>, Query, description = "A word of its title, id or words"),
        ("offset" = Option<usize>, Query, description = "How many to leave out"),
        ("limit" = Option<usize>, Query, description = "How many at most, up to 1000"),
    ),
    responses((status = 200, body = FindingsPage), (status = 400, body = Fault))
)]
async fn findings(
    State(a): Held,
    Query(of): Query<OfDay>,
    Query(kind): Query<OfKind>,
    Query(page): Query<Paging>,
    headers: HeaderMap,
) -> Response {
    let limit = page.most(50);
    let kind = kind.kind.filter(|k| !k.is_empty());
    answer(a, of, headers, Question::Findings { kind, q: page.q, offset: page.offset, limit }).await
}

#[utoipa::path(
    get, path = "/api/tables/{name}",
    description = "A view as a table, filtered, sorted and by pages; `format=csv` gives all its rows",
    params(
        ("name" = String, Path, description = "The table; `/api/case` lists them"),
        ("as_of" = Option<String>, Query, description = "The day, YYYY-MM-DD; today without it"),
        ("q" = Option<String>, Query, description = "A word that any cell holds"),
        ("only" = Option<String>, Query, description = "column:value, only rows whose cell is exactly that"),
        ("sort" = Option<String>, Query, description = "A column"),
        ("descending" = Option<bool>, Query, description = "The largest first"),
        ("offset" = Option<usize>, Query, description = "How many rows to leave out"),
        ("limit" = Option<usize>, Query, description = "How many rows at most, up to 1000"),
        ("format" = Option<String>, Query, description = "json or csv"),
    ),
    responses((status = 200, body = table::TablePage), (status = 400, body = Fault), (status = 404, body = Fault))
)]
async fn tables(
    State(a): Held,
    Path(name): Path<String>,
    Query(of): Query<OfDay>,
    Query(asked): Query<table::Asked>,
    headers: HeaderMap,
) -> Response {
    answer(a, of, headers, Question::Table(table::Asked { name, ..asked })).await
}

#[utoipa::path(
    get, path = "/api/why/{id}",
    description = "What a row rests on: its statements, with index, standing, source and signatures",
    params(
        ("id" = String, Path, description = "The id of a site, observation, step, figure, limit, event"),
        ("as_of" = Option<String>, Query, description = "The day, YYYY-MM-DD; today without it"),
    ),
    responses((status = 200, body = Why), (status = 404, body = Fault))
)]
async fn why(
    State(a): Held,
    Path(id): Path<String>,
    Query(of): Query<OfDay>,
    headers: HeaderMap,
) -> Response {
    answer(a, of, headers, Question::Why(id)).await
}

#[utoipa::path(
    get, path = "/api/ledger/entries",
    description = "Entries of the ledger, the newest first",
    params(
        ("q" = Option<String>, Query, description = "A word of the entry's text"),
        ("offset" = Option<usize>, Query, description = "How many to leave out"),
        ("limit" = Option<usize>, Query, description = "How many at most, up to 1000"),
    ),
    responses((status = 200, body = record::EntriesPage), (status = 400, body = Fault))
)]
async fn entries(State(a): Held, Query(page): Query<Paging>, headers: HeaderMap) -> Response {
    let limit = page.most(50);
    answer(
        a,
        OfDay::default(),
        headers,
        Question::Entries { q: page.q, offset: page.offset, limit },
    )
    .await
}

#[utoipa::path(
    get, path = "/api/ledger/entry/{n}",
    description = "One entry as it was signed",
    params(("n" = u64, Path, description = "Its number, from 0")),
    responses((status = 200, body = record::EntryPage), (status = 404, body = Fault))
)]
async fn entry(State(a): Held, Path(n): Path<u64>, headers: HeaderMap) -> Response {
    answer(a, OfDay::default(), headers, Question::Entry(n)).await
}

#[utoipa::path(
    get, path = "/api/ledger/proof/{n}",
    description = "A proof of inclusion that the client recomputes, with the signed checkpoint",
    params(("n" = u64, Path, description = "The entry's number, from 0")),
    responses((status = 200, body = record::ProofPage), (status = 404, body = Fault))
)]
async fn proof(State(a): Held, Path(n): Path<u64>, headers: HeaderMap) -> Response {
    answer(a, OfDay::default(), headers, Question::Proof(n)).await
}

#[utoipa::path(
    get, path = "/api/events",
    description = "Server-sent events: `grown` with the size of the ledger whenever it grows",
    responses((status = 200, content_type = "text/event-stream", body = String))
)]
async fn events(State(a): Held) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let follow = a.follow();
    let events = stream::unfold(follow, |mut follow| async move {
        follow.changed().await.ok()?;
        let size = *follow.borrow_and_update();
        Some((Ok(Event::default().event("grown").data(size.to_string())), follow))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

fn described() -> (Router<Arc<Answers>>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(paths!(case))
        .routes(paths!(overview_))
        .routes(paths!(part))
        .routes(paths!(map_))
        .routes(paths!(findings))
        .routes(paths!(roadmap))
        .routes(paths!(foresight))
        .routes(paths!(tables))
        .routes(paths!(why))
        .routes(paths!(board))
        .routes(paths!(balances_))
        .routes(paths!(mistakes))
        .routes(paths!(entries))
        .routes(paths!(entry))
        .routes(paths!(proof))
        .routes(paths!(events))
        .split_for_parts()
}

/// The description of the API.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    described().1
}

/// The API.
pub fn routes(answers: Arc<Answers>) -> Router {
    let (routes, description) = described();
    let text: Arc<str> = serde_json::to_string(&description).unwrap_or_default().into();
    routes
        .route(
            "/api/openapi.json",
            axum::routing::get(move || async move {
                ([(header::CONTENT_TYPE, "application/json")], text.to_string())
            }),
        )
        .fallback_service(axum::routing::any(|| async {
            fault(StatusCode::NOT_FOUND, "there is no such path; see /api/openapi.json")
        }))
        .with_state(answers)
}
