//! An agreement as pictures (SVG): its steps over time, and what waits for what.
//!
//! Colours are those of Okabe and Ito, which people with any common colour blindness tell apart; every colour is
//! said in words beside it as well.

use std::collections::HashMap;
use std::fmt::Write as _;

use foresight::forecast::Forecast;
use roadmap::{Roadmap, Status, StepState, StepStatus, Timeliness};
use statement::{civil, days};

const BLUE: &str = "#0072B2";
const ORANGE: &str = "#D55E00";
const SKY: &str = "#56B4E9";
const GREY: &str = "#999999";
const INK: &str = "#222222";

/// Text for SVG.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        text.to_owned()
    } else {
        text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
    }
}

fn head(width: f64, height: f64, title: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} \
         {height:.0}\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"{INK}\">\n<title>{}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        escape(title)
    )
}

fn text(out: &mut String, x: f64, y: f64, anchor: &str, fill: &str, words: &str) {
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{fill}\" paint-order=\"stroke\" \
         stroke=\"#ffffff\" stroke-width=\"3\">{}</text>",
        escape(words)
    );
}

/// One row of the picture over time.
struct Row<'a> {
    step: &'a StepStatus,
    promised: Option<(civil::Date, civil::Date)>,
    forecast: Option<[Option<civil::Date>; 3]>,
}

/// Each step with a date over time: what was promised, what was done, what is forecast.
#[must_use]
pub fn gantt(roadmap: &Roadmap, status: &Status, forecast: &Forecast) -> String {
    let made: HashMap<&str, civil::Date> = status
        .steps
        .iter()
        .filter_map(|s| {
            let on = foresight::delay::promised_on(roadmap, status, s)?;
            Some((s.id.as_str(), on.earliest()))
        })
        .collect();
    let today = status.as_of.latest();
    let mut rows: Vec<Row<'_>> = status
        .steps
        .iter()
        .map(|step| {
            let promised = step.due.as_ref().map(|d| {
                let from = made.get(step.id.as_str()).copied().unwrap_or(d.earliest());
                (from.min(d.latest()), d.latest())
            });
            let forecast = forecast.steps.iter().find(|f| f.step == step.id.as_str());
            let forecast = forecast.map(|f| {
                [0, 1, 2].map(|i| f.days[i].as_ref().and_then(|d| d.parse::<civil::Date>().ok()))
            });
            Row { step, promised, forecast }
        })
        .filter(|r| r.promised.is_some() || r.step.actual.is_some())
        .collect();
    rows.sort_by_key(|r| {
        let actual = r.step.actual.as_ref().map(statement::Date::earliest);
        (r.promised.map(|p| p.1).or(actual), r.step.id.to_string())
    });
    // Half of the runs decides how far the picture reaches: long tails would press all else together.
    let far = std::time::Duration::from_secs(900 * 86_400);
    let reach = |d: civil::Date| d.min(today.checked_add(far).unwrap_or(today)).max(today);
    let all = rows.iter().flat_map(|r| {
        let actual = r.step.actual.as_ref().map(|d| (d.earliest(), d.latest()));
        let middle = r.forecast.and_then(|f| f[1]).map(|d| (today, reach(d)));
        [r.promised, actual, middle].into_iter().flatten()
    });
    let (first, last) = all.fold((today, today), |(a, b), (c, d)| (a.min(c), b.max(d)));
    let length = days(first, last).max(30) as f64;
    let (left, right, top, line) = (330.0, 300.0, 92.0, 24.0);
    let plot = 760.0;
    let (width, height) = (left + plot + right, top + rows.len() as f64 * line + 34.0);
    let x = |d: civil::Date| left + plot * (days(first, d) as f64 / length).clamp(0.0, 1.0);
    let mut out = head(width, height, &status.title);
    let _ = writeln!(
        out,
        "<text x=\"16\" y=\"26\" font-size=\"17\" font-weight=\"bold\">{}, on {}</text>",
        escape(&status.title),
        escape(status.as_of.as_str())
    );
    legend(&mut out);
    axis(&mut out, first, last, &x, top, height - 30.0);
    let bottom = height - 30.0;
    let _ = writeln!(
        out,
        "<line x1=\"{0:.1}\" y1=\"{1:.1}\" x2=\"{0:.1}\" y2=\"{bottom:.1}\" stroke=\"{INK}\" stroke-width=\"1.5\" \
         stroke-dasharray=\"5 3\"/>",
        x(today),
        top - 4.0
    );
    text(&mut out, x(today), bottom + 18.0, "middle", INK, &format!("{today}"));
    for (i, row) in rows.iter().enumerate() {
        let y = top + i as f64 * line;
        if i % 2 == 1 {
            let _ = writeln!(
                out,
                "<rect x=\"0\" y=\"{y:.1}\" width=\"{width:.0}\" height=\"{line}\" fill=\"#000000\" fill-opacity=\"0.035\"/>"
            );
        }
        draw_row(&mut out, row, y, left, today, &x);
    }
    out.push_str("</svg>\n");
    out
}

fn legend(out: &mut String) {
    let y = 52.0;
    let mut x = 16.0;
    let swatches = [
        ("promised", GREY, false),
        ("done in time", BLUE, true),
        ("done, in time or not", BLUE, false),
        ("late, or not yet done after its date", ORANGE, true),
        ("forecast: 10 to 90 of 100 runs, a mark at half", SKY, true),
    ];
    for (words, colour, full) in swatches {
        let fill = if full { colour } else { "none" };
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"22\" height=\"9\" fill=\"{fill}\" stroke=\"{colour}\"/>",
            y - 9.0
        );
        text(out, x + 28.0, y, "start", INK, words);
        x += 28.0 + words.chars().count() as f64 * 6.2 + 22.0;
    }
}

fn axis(
    out: &mut String,
    first: civil::Date,
    last: civil::Date,
    x: &impl Fn(civil::Date) -> f64,
    top: f64,
    bottom: f64,
) {
    let months = days(first, last) / 30;
    let step = [1_i64, 3, 6, 12, 24, 60].into_iter().find(|s| months / s <= 11).unwrap_or(120);
    let mut at = first.first_of_month();
    for _ in 0..4_000 {
        let number = i64::from(at.year()) * 12 + i64::from(at.month()) - 1;
        if at >= first && number % step == 0 {
            let _ = writeln!(
                out,
                "<line x1=\"{0:.1}\" y1=\"{1:.1}\" x2=\"{0:.1}\" y2=\"{bottom:.1}\" stroke=\"#dddddd\"/>",
                x(at),
                top - 4.0
            );
            let words =
                if step >= 12 { at.year().to_string() } else { at.strftime("%b %Y").to_string() };
            text(out, x(at), top - 10.0, "middle", "#555555", &words);
        }
        let Ok(next) = at.last_of_month().tomorrow() else { return };
        if next > last {
            return;
        }
        at = next;
    }
}

fn draw_row(
    out: &mut String,
    row: &Row<'_>,
    y: f64,
    left: f64,
    today: civil::Date,
    x: &impl Fn(civil::Date) -> f64,
) {
    let step = row.step;
    let (middle, bar) = (y + 16.0, y + 7.0);
    let name = format!("{}  {}", step.id, step.title);
    text(out, 16.0, middle, "start", INK, &shorten(&name, 46));
    let by = if step.parties.len() > 2 {
        format!("{} parties", step.parties.len())
    } else {
        step.parties.join("/")
    };
    let _ = left;
    let mut end = 0.0_f64;
    let late = matches!(step.timeliness, Timeliness::Late | Timeliness::Overdue);
    let mut rect = |from: f64, to: f64, fill: &str, stroke: &str, h: f64| {
        end = end.max(to);
        let _ = writeln!(
            out,
            "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{h}\" fill=\"{fill}\" stroke=\"{stroke}\"/>",
            bar + (10.0 - h) / 2.0,
            (to - from).max(2.0)
        );
    };
    if let Some((from, due)) = row.promised {
        rect(x(from), x(due), "none", GREY, 10.0);
    }
    if let Some(actual) = step.actual.as_ref().filter(|_| step.state.is_done()) {
        let due = row.promised.map(|p| p.1);
        match due {
            Some(due) if late => rect(x(due), x(actual.latest()), ORANGE, ORANGE, 6.0),
            _ => {
                let from = row.promised.map_or(actual.earliest(), |p| p.0).min(actual.earliest());
                // "On or before that day" does not say whether it was in time.
                let fill = if step.timeliness == Timeliness::Unclear { "#ffffff" } else { BLUE };
                rect(x(from), x(actual.latest()), fill, BLUE, 6.0);
            }
        }
    } else if !step.state.is_done() {
        if let (Some((_, due)), true) = (row.promised, late) {
            rect(x(due), x(today), ORANGE, ORANGE, 6.0);
        }
        if let Some([Some(low), half, high]) = row.forecast {
            let from = x(low.max(today));
            rect(from, high.map_or(f64::MAX, x).min(x(civil::Date::MAX)), SKY, SKY, 4.0);
            if let Some(half) = half.filter(|h| x(*h) < x(civil::Date::MAX)) {
                rect(x(half) - 1.0, x(half) + 1.0, INK, INK, 10.0);
            }
        }
    }
    let words = match (step.slip_days, step.overdue_days) {
        _ if step.state.is_closed() || step.state == StepState::Reversed => {
            step.state.words().to_owned()
        }
        (Some(days), _) if days > 0 => format!("{days} days late"),
        (Some(days), _) if days < 0 => format!("{} days early", -days),
        (Some(_), _) => "on its day".to_owned(),
        (None, Some(days)) => match row.forecast.and_then(|f| f[1]) {
            Some(half) => format!("{days} days overdue; half by {half}"),
            None => format!("{days} days overdue"),
        },
        _ => match (&step.actual, row.forecast.and_then(|f| f[1])) {
            (Some(actual), _) if step.or_before => format!("by {actual}"),
            (Some(actual), _) => actual.to_string(),
            (None, Some(half)) => format!("half of the runs by {half}"),
            _ => String::new(),
        },
    };
    text(out, end.max(left) + 6.0, middle, "start", INK, &format!("{by}: {words}"));
}

/// What waits for what: each step to the right of all it waits for. Steps that touch no other stand below.
#[must_use]
pub fn dependencies(roadmap: &Roadmap, status: &Status) -> String {
    let n = roadmap.steps.len();
    let mut before = roadmap.predecessors();
    let index = roadmap.index();
    for (i, step) in roadmap.steps.iter().enumerate() {
        if let Some(whole) = step.part_of.as_ref().and_then(|p| index.get(p.as_str())) {
            before[*whole].push(i);
        }
    }
    let abreast: Vec<(usize, usize)> = roadmap
        .steps
        .iter()
        .enumerate()
        .flat_map(|(i, s)| {
            s.in_step_with
                .iter()
                .filter_map(|w| index.get(w.with.as_str()).copied())
                .map(move |j| (i.min(j), i.max(j)))
        })
        .collect();
    // The layer of a step is one more than the latest it waits for; a cycle stops at the number of steps.
    let mut layer = vec![0_usize; n];
    for _ in 0..n.min(200) {
        let mut changed = false;
        for i in 0..n {
            let least =
                before[i].iter().filter(|j| **j != i).map(|j| layer[*j] + 1).max().unwrap_or(0);
            if least > layer[i] && least < n {
                layer[i] = least;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let touched: Vec<bool> = (0..n)
        .map(|i| {
            !before[i].is_empty()
                || before.iter().any(|b| b.contains(&i))
                || abreast.iter().any(|(a, b)| *a == i || *b == i)
        })
        .collect();
    // What goes in step stands in one layer.
    for (a, b) in &abreast {
        let most = layer[*a].max(layer[*b]);
        (layer[*a], layer[*b]) = (most, most);
    }
    let (box_w, box_h, gap_x, gap_y, top) = (230.0, 40.0, 70.0, 14.0, 84.0);
    let mut rows_in: Vec<usize> = Vec::new();
    let mut place = vec![(0.0, 0.0); n];
    let column = |l: usize| 24.0 + l as f64 * (box_w + gap_x);
    for i in (0..n).filter(|i| touched[*i]) {
        if rows_in.len() <= layer[i] {
            rows_in.resize(layer[i] + 1, 0);
        }
        place[i] = (column(layer[i]), top + rows_in[layer[i]] as f64 * (box_h + gap_y));
        rows_in[layer[i]] += 1;
    }
    // Short columns are centred beside long ones, so that arrows run level.
    let most = rows_in.iter().copied().max().unwrap_or(0);
    for i in (0..n).filter(|i| touched[*i]) {
        place[i].1 += (most - rows_in[layer[i]]) as f64 * (box_h + gap_y) / 2.0;
    }
    let columns = rows_in.len().max(3);
    let below = top + most as f64 * (box_h + gap_y) + if most > 0 { 40.0 } else { 0.0 };
    let alone: Vec<usize> = (0..n).filter(|i| !touched[*i]).collect();
    for (k, i) in alone.iter().enumerate() {
        place[*i] = (column(k % columns), below + (k / columns) as f64 * (box_h + gap_y));
    }
    let height = below + alone.len().div_ceil(columns) as f64 * (box_h + gap_y) + 20.0;
    let width = column(columns) - gap_x + 24.0;
    let mut out = head(width, height, &roadmap.title);
    let _ = writeln!(
        out,
        "<defs><marker id=\"a\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" fill=\"#555555\"/></marker></defs>\n\
         <text x=\"24\" y=\"28\" font-size=\"17\" font-weight=\"bold\">{}, on {}</text>",
        escape(&shorten(&roadmap.title, 80)),
        escape(status.as_of.as_str())
    );
    let words = "An arrow leads from what must be done first. A dashed line joins steps that go in step. The bar at the left: \
                 blue done, orange late or undone, grey open.";
    text(&mut out, 24.0, 50.0, "start", "#555555", words);
    if !alone.is_empty() && most > 0 {
        text(&mut out, 24.0, below - 12.0, "start", "#555555", "Steps that wait for no other:");
    }
    for i in 0..n {
        for j in &before[i] {
            let (x1, y1) = (place[*j].0 + box_w, place[*j].1 + box_h / 2.0);
            let (x2, y2) = (place[i].0, place[i].1 + box_h / 2.0);
            let bend = (gap_x * 0.6).max((x2 - x1).abs() / 2.0);
            let _ = writeln!(
                out,
                "<path d=\"M{x1:.1} {y1:.1}C{:.1} {y1:.1} {:.1} {y2:.1} {x2:.1} {y2:.1}\" fill=\"none\" stroke=\"#555555\" \
                 marker-end=\"url(#a)\"/>",
                x1 + bend,
                x2 - bend
            );
        }
    }
    for (a, b) in &abreast {
        let (upper, lower) = if place[*a].1 < place[*b].1 { (a, b) } else { (b, a) };
        let x = place[*upper].0 + box_w;
        let (y1, y2) = (place[*upper].1 + box_h * 0.7, place[*lower].1 + box_h * 0.3);
        let _ = writeln!(
            out,
            "<path d=\"M{x:.1} {y1:.1}C{0:.1} {y1:.1} {0:.1} {y2:.1} {x:.1} {y2:.1}\" fill=\"none\" stroke=\"{INK}\" \
             stroke-width=\"1.5\" stroke-dasharray=\"4 3\"/>",
            x + 22.0
        );
    }
    for (i, step) in roadmap.steps.iter().enumerate() {
        let (x, y) = place[i];
        let at = status.steps.iter().find(|s| s.id == step.id);
        let late = at.is_some_and(|s| {
            matches!(s.timeliness, Timeliness::Late | Timeliness::Overdue)
                || s.state == StepState::Reversed
        });
        let colour = match at {
            Some(_) if late => ORANGE,
            Some(s) if s.state.is_done() => BLUE,
            _ => GREY,
        };
        let _ = writeln!(
            out,
            "<g><title>{}</title><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{box_w}\" height=\"{box_h}\" fill=\"#ffffff\" \
             stroke=\"#555555\"/><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"7\" height=\"{box_h}\" fill=\"{colour}\"/></g>",
            escape(&step.title)
        );
        let by = if step.by.len() > 3 {
            format!("{} parties", step.by.len())
        } else {
            step.by.join("/")
        };
        let state = at.map_or("", |s| s.state.words());
        text(
            &mut out,
            x + 14.0,
            y + 16.0,
            "start",
            INK,
            &shorten(&format!("{} · {by} · {state}", step.id), 34),
        );
        text(&mut out, x + 14.0, y + 32.0, "start", "#555555", &shorten(&step.title, 33));
    }
    out.push_str("</svg>\n");
    out
}
