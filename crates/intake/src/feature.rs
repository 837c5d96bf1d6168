//! Features of a map (GeoJSON, KML) as rows of a table.

/// A feature: the cells of its row, and what is wrong with its geometry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feature {
    /// Which, from 1.
    pub number: usize,
    /// Cells by column, in the order found.
    pub cells: Vec<(String, String)>,
    /// What is wrong with its geometry.
    pub troubles: Vec<String>,
    /// The line it begins on, where that is known.
    pub line: usize,
}

/// What kind of geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Point,
    /// A line or an area: it stands for its middle.
    Area,
}

/// Something wrong with a file or odd about it.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    /// The line, or 0.
    pub line: usize,
    pub message: String,
    pub help: String,
}

impl Trouble {
    pub(crate) fn whole(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::at_line(0, message, help)
    }

    pub(crate) fn at_line(
        line: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { line, message: message.into(), help: help.into() }
    }
}

/// What people call the columns elsewhere.
const ALSO: &[(&str, &str)] = &[
    ("title", "name"),
    ("category", "type"),
    ("description", "note"),
    ("date", "observed_on"),
    ("precision", "precision_m"),
    ("reliability", "source_reliability"),
];

impl Feature {
    pub(crate) fn new(number: usize) -> Self {
        Self { number, ..Self::default() }
    }

    /// Sets a cell; the first to set it wins.
    pub(crate) fn set(&mut self, column: &str, text: &str) {
        let column = column.trim();
        let column = ALSO.iter().find(|(other, _)| *other == column).map_or(column, |(_, c)| c);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // What an assessment of ours wrote into a map is no column of the record.
        let ours = column.starts_with("lockstep_");
        if !ours && !text.is_empty() && self.get(column).is_none() {
            self.cells.push((column.to_owned(), text));
        }
    }

    pub(crate) fn get(&self, column: &str) -> Option<&str> {
        self.cells.iter().find(|(c, _)| c == column).map(|(_, text)| text.as_str())
    }

    /// Sets `lat` and `lon` from positions (longitude, latitude) as text; an area stands for the middle of its box, with
    /// half its diagonal as the precision, where it gives none.
    pub(crate) fn place(&mut self, shape: Shape, points: &[(String, String)]) {
        match (shape, points) {
            (_, []) => {}
            (Shape::Point, [(lon, lat), ..]) | (_, [(lon, lat)]) => {
                self.set("lat", &lat.clone());
                self.set("lon", &lon.clone());
            }
            _ => {
                let numbers: Option<Vec<(f64, f64)>> = points
                    .iter()
                    .map(|(lon, lat)| Some((lon.parse().ok()?, lat.parse().ok()?)))
                    .collect();
                let Some(numbers) =
                    numbers.filter(|n| n.iter().all(|(x, y)| x.is_finite() && y.is_finite()))
                else {
                    self.troubles.push("a corner of the area is not a number".to_owned());
                    return;
                };
                let edge = |of: fn(&(f64, f64)) -> f64| {
                    let all = numbers.iter().map(of);
                    (all.clone().fold(f64::MAX, f64::min), all.fold(f64::MIN, f64::max))
                };
                let ((west, east), (south, north)) = (edge(|p| p.0), edge(|p| p.1));
                let half = crate::geography::distance_m((south, west), (north, east)) / 2.0;
                self.set("lat", &format!("{:.6}", f64::midpoint(south, north)));
                self.set("lon", &format!("{:.6}", f64::midpoint(west, east)));
                self.set("precision_m", &format!("{:.0}", half.max(1.0)));
            }
        }
    }
}

/// The columns that a table of observations must have; a map that leaves one out has it empty.
const NEEDED: [&str; 9] =
    ["id", "name", "lat", "lon", "type", "status", "observed_on", "source", "basis"];

/// The features as CSV text, with a header; the row of feature `n` is line `n + 1`.
pub(crate) fn table(features: &[Feature]) -> String {
    let mut columns: Vec<&str> = NEEDED.to_vec();
    for (column, _) in features.iter().flat_map(|f| &f.cells) {
        if !columns.contains(&column.as_str()) {
            columns.push(column);
        }
    }
    let rows = features
        .iter()
        .map(|f| columns.iter().map(|c| f.get(c).unwrap_or_default().to_owned()).collect());
    csv(&columns, rows)
}

/// CSV text of cells without line breaks.
pub(crate) fn csv(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing into memory cannot fail.
    let _ = writer.write_record(columns);
    for row in rows {
        let _ = writer.write_record(&row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
