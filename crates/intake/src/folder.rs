//! A case folder, read whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use statement::kinds::account::Dialect;
use statement::kinds::evidence::Observation;
use statement::{Basis, Body, Header, Place, Point, Source, Statement};

use crate::accounts::{self, FileText};
use crate::diagnostic::{Diagnostic, Severity};
use crate::feature::{self, Feature, Trouble};
use crate::geography::{distance_m, fold};
use crate::manifest::{Manifest, PlaceName};
use crate::shapes::{SHAPES, Shape, desk};
use crate::table::{Placing, Row, Table, decode};
use crate::{geojson, geopackage, kml, requests, workbook};

/// Where a draft comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Which of the folder's [`files`](Folder::files).
    pub file: usize,
    /// Line, from 1.
    pub line: usize,
    /// Byte offset of the row.
    start: usize,
}

/// A statement that nobody has signed yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What is said. It replaces nothing: whether it corrects an earlier statement only the ledger tells.
    pub statement: Statement,
    /// The row it was made from.
    pub origin: Origin,
}

/// The roadmap, or another text of the folder that is read elsewhere.
#[derive(Debug, Clone)]
pub struct RoadmapFile {
    /// The file, relative to the case folder.
    pub file: String,
    /// Its text.
    pub text: Arc<str>,
}

/// Everything a case folder holds.
#[derive(Debug)]
pub struct Folder {
    /// The folder.
    pub root: PathBuf,
    /// What `case.kdl` says; `None` when it is missing or does not name a case.
    pub manifest: Option<Manifest>,
    /// The text of `roadmap.kdl`.
    pub roadmap: Option<RoadmapFile>,
    /// The text of `field.kdl`: regimes, stages and tests of the case's own.
    pub field: Option<RoadmapFile>,
    /// A draft for each statement the tables make.
    pub drafts: Vec<Draft>,
    /// Everything that is wrong or odd, sorted by file and line.
    pub diagnostics: Vec<Diagnostic>,
    /// The tables read, relative to the folder.
    pub files: Vec<String>,
    tables: Vec<Table>,
    /// The report files, by their place among [`files`](Folder::files).
    report_files: BTreeMap<usize, FileText>,
    /// For each statement of a report its file and the bytes of its lines.
    report_lines: HashMap<String, (usize, Vec<Range<usize>>)>,
    /// Material balance areas of which some report could not be read whole: sums over them would mislead.
    pub incomplete_areas: BTreeSet<String>,
    /// Where each statement of this folder stands, by its id.
    by_id: HashMap<String, usize>,
}

/// Why a folder cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// There is no such folder.
    #[error("there is no folder {}; name a case folder, for example: lockstep open cases/dprk", .0.display())]
    Missing(PathBuf),
    /// It is a file.
    #[error("{} is a file; name the case folder it lies in", .0.display())]
    NotFolder(PathBuf),
    /// It cannot be read.
    #[error("the folder {} cannot be read: {source}", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}

/// Reads a case folder. Mistakes in its files are in [`Folder::diagnostics`].
///
/// # Errors
/// Only when the folder itself cannot be read.
pub fn read(root: &Path) -> Result<Folder, IntakeError> {
    if !root.exists() {
        return Err(IntakeError::Missing(root.to_owned()));
    }
    if !root.is_dir() {
        return Err(IntakeError::NotFolder(root.to_owned()));
    }
    let mut folder = Folder {
        root: root.to_owned(),
        manifest: None,
        roadmap: None,
        field: None,
        drafts: Vec::new(),
        diagnostics: Vec::new(),
        files: Vec::new(),
        tables: Vec::new(),
        report_files: BTreeMap::new(),
        report_lines: HashMap::new(),
        incomplete_areas: BTreeSet::new(),
        by_id: HashMap::new(),
    };
    let files = list(root).map_err(|source| IntakeError::Io { path: root.to_owned(), source })?;
    if files.is_empty() {
        let fault = Diagnostic::whole_file("I001", "case.kdl", "the folder is empty");
        folder.diagnostics.push(fault.help(
            "a case folder holds case.kdl, and tables in declarations/, observations/, events/",
        ));
        return Ok(folder);
    }
    folder.read_manifest();
    if folder.manifest.is_some() {
        for file in files {
            folder.read_file(&file);
        }
        folder.read_places();
        folder.same_ids();
        let differ = crate::attached::check(&folder);
        folder.diagnostics.extend(differ);
        folder.same_names();
    }
    folder.diagnostics.sort_by(|a, b| {
        (&a.file, a.line, a.column, a.code).cmp(&(&b.file, b.line, b.column, b.code))
    });
    Ok(folder)
}

/// All files below a folder that are not hidden, relative to it, in a stable order.
fn list(root: &Path) -> std::io::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        for entry in fs::read_dir(root.join(&below))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // `.lockstep` holds the ledger; other hidden files are nobody's tables.
            if name.starts_with('.') {
                continue;
            }
            let path = below.join(&name);
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else {
                files.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A mistake that a rule over reports found; see [`Folder::report_fault`].
#[derive(Debug, Clone)]
pub struct ReportFault<'a> {
    /// Its code.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The line, counted from 0 in its statement; `None` for the report as a whole.
    pub line: Option<usize>,
    /// The column name of the field.
    pub column: &'a str,
    /// What is wrong.
    pub message: String,
    /// Words under the place.
    pub label: &'a str,
    /// What to do.
    pub help: String,
}

impl Folder {
    /// Whether anything is wrong; warnings do not count.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// A warning at the row that a statement of this folder came from, for what only an assessment can see.
    #[must_use]
    pub fn warning_at(
        &self,
        id: &str,
        column: &str,
        code: &'static str,
        message: String,
        help: String,
    ) -> Option<Diagnostic> {
        self.warning(id, |table, _| table.columns.get(column).copied(), code, message, help)
    }

    /// A warning at the cell that holds a word, in the row that a statement of this folder came from; at the row when none
    /// does.
    #[must_use]
    pub fn warning_at_word(
        &self,
        id: &str,
        word: &str,
        code: &'static str,
        message: String,
        help: String,
    ) -> Option<Diagnostic> {
        self.warning(id, |table, row| table.cell_with(row, word), code, message, help)
    }

    /// A warning in the row of a statement, at the column that `find` gives for the table and the start of the row.
    fn warning(
        &self,
        id: &str,
        find: impl FnOnce(&Table, usize) -> Option<usize>,
        code: &'static str,
        message: String,
        help: String,
    ) -> Option<Diagnostic> {
        let draft = &self.drafts[*self.by_id.get(id)?];
        let table = self.tables.get(draft.origin.file)?;
        let (start, line) = (draft.origin.start, draft.origin.line);
        let fault = table.fault_at(code, start, line, find(table, start), message, String::new());
        Some(fault.severity(Severity::Warning).help(help))
    }

    /// Whether the table that a statement came from has a column.
    pub(crate) fn has_column(&self, id: &str, column: &str) -> bool {
        let draft = self.by_id.get(id).and_then(|at| self.drafts.get(*at));
        let table = draft.and_then(|draft| self.tables.get(draft.origin.file));
        table.is_some_and(|table| table.columns.contains_key(column))
    }

    /// The file and line a statement of this folder came from.
    #[must_use]
    pub fn place_of(&self, id: &str) -> Option<(&str, usize)> {
        let origin = self.drafts[*self.by_id.get(id)?].origin;
        let line = self.tables.get(origin.file).map_or(origin.line, |t| t.shown_line(origin.line));
        Some((self.files.get(origin.file)?, line))
    }

    fn bytes(&mut self, file: &str) -> Option<Vec<u8>> {
        match fs::read(self.root.join(file)) {
            Ok(bytes) => Some(bytes),
            Err(e) => {
                self.diagnostics.push(Diagnostic::whole_file(
                    "I003",
                    file,
                    format!("cannot be read: {e}"),
                ));
                None
            }
        }
    }

    /// A KDL file as text; what is not text is told with its place.
    fn kdl(&mut self, file: &str) -> Option<Arc<str>> {
        let bytes = self.bytes(file)?;
        match String::from_utf8(bytes) {
            Ok(text) => Some(text.into()),
            Err(e) => {
                let reading = notation::read_bytes(e.as_bytes());
                let message = reading.messages.first().map(|m| m.text.clone()).unwrap_or_default();
                self.diagnostics.push(
                    Diagnostic::whole_file("K001", file, message).help("save the file as UTF-8"),
                );
                None
            }
        }
    }

    fn read_manifest(&mut self) {
        if !self.root.join("case.kdl").exists() {
            let fault = Diagnostic::whole_file("I004", "case.kdl", "the folder has no case.kdl");
            self.diagnostics.push(fault.help(
                "write one: case \"name\" { title \"…\"; party \"DPRK\" }; see docs/case-folder.md",
            ));
            return;
        }
        let Some(text) = self.kdl("case.kdl") else { return };
        let mut messages = Vec::new();
        self.manifest = Manifest::read(&text, &mut messages);
        self.diagnostics
            .extend(messages.into_iter().map(|m| Diagnostic::of_message("case.kdl", &text, m)));
    }

    fn read_file(&mut self, file: &str) {
        let extension = file.rsplit_once('.').map_or("", |(_, e)| e).to_lowercase();
        match (file, extension.as_str()) {
            // Policies are read by whoever asks the witnesses.
            ("case.kdl", _) | (_, "md" | "policy") => {}
            // The desk's own calculations: `lockstep production` reads them, and the samples that lie beside them.
            ("production.kdl", _) => {}
            // What a made-up State truly did, and how often that was seen: no word of anyone.
            ("truth.json" | "roc.csv" | "run-lengths.csv", _) => {}
            (file, "csv") if file.starts_with("production/") => {}
            ("roadmap.kdl", _) => {
                if let Some(text) = self.kdl(file) {
                    self.roadmap = Some(RoadmapFile { file: file.to_owned(), text });
                }
            }
            ("field.kdl", _) => {
                if let Some(text) = self.kdl(file) {
                    self.field = Some(RoadmapFile { file: file.to_owned(), text });
                }
            }
            // Files that statements name by their hash; compared, not read.
            (file, _) if file.starts_with(crate::attached::FOLDER) => {}
            // Read by `roadmap test`.
            (file, "kdl") if file.starts_with("scenarios/") => {}
            (_, "csv") => self.read_table(file),
            (_, "txt" | "xml") => self.read_report_file(file, &extension),
            (_, "xlsx" | "xlsm") => self.read_workbook(file),
            (_, "geojson") => {
                if let Some(text) = self.map_text(file) {
                    self.read_map(file, "feature", geojson::read(&text));
                }
            }
            (_, "kml") => {
                if let Some(text) = self.map_text(file) {
                    self.read_map(file, "placemark", kml::read(&text));
                }
            }
            (_, "kmz") => {
                if let Some(bytes) = self.bytes(file) {
                    let read = kml::unpack(&bytes).and_then(|text| kml::read(&text));
                    self.read_map(file, "placemark", read);
                }
            }
            (_, "gpkg") => {
                let read = geopackage::read(&self.root.join(file));
                self.read_map(file, "feature", read);
            }
            (_, "kdl") => self.read_requests(file),
            _ => {
                let fault = Diagnostic::whole_file("I005", file, "this kind of file is not read");
                let help = "tables are read as CSV (UTF-8) or XLSX, maps as GeoJSON, KML, KMZ or GeoPackage; what this file says \
                            is not in the case";
                self.diagnostics.push(fault.severity(Severity::Warning).help(help));
            }
        }
    }

    fn read_table(&mut self, file: &str) {
        let Some(bytes) = self.bytes(file) else { return };
        let text = match decode(file, bytes) {
            Ok(text) => text,
            Err(fault) => return self.diagnostics.push(*fault),
        };
        if text.trim().is_empty() {
            return self.diagnostics.push(
                Diagnostic::whole_file("I006", file, "the table is empty")
                    .severity(Severity::Warning),
            );
        }
        if let Some(dialect) = accounts::dialect("csv", &text) {
            return self.read_reports(file, text, dialect);
        }
        self.take_table(file, text, None);
    }

    /// The text of a map; what is wrong with its encoding is told.
    fn map_text(&mut self, file: &str) -> Option<String> {
        let bytes = self.bytes(file)?;
        decode(file, bytes).map_err(|fault| self.diagnostics.push(*fault)).ok()
    }

    fn read_map(
        &mut self,
        file: &str,
        what: &'static str,
        read: Result<(Vec<Feature>, Vec<Trouble>), Trouble>,
    ) {
        let (features, remarks) = match read {
            Ok(read) => read,
            Err(trouble) => return self.tell("I055", file, &trouble, Severity::Error),
        };
        for remark in &remarks {
            self.tell("I057", file, remark, Severity::Warning);
        }
        for feature in &features {
            for trouble in &feature.troubles {
                let name = feature.get("name").unwrap_or_default();
                let message = format!("{what} {} ({name}): {trouble}", feature.number);
                let help = "the row is taken without a point";
                self.tell(
                    "I056",
                    file,
                    &Trouble::at_line(feature.line, message, help),
                    Severity::Error,
                );
            }
        }
        if features.is_empty() {
            let empty =
                Trouble::whole(format!("the map holds no {what}"), "nothing is read from it");
            return self.tell("I006", file, &empty, Severity::Warning);
        }
        let lines = features.iter().map(|f| f.line).collect();
        self.take_table(file, feature::table(&features), Some(Placing::Features(what, lines)));
    }

    fn tell(&mut self, code: &'static str, file: &str, trouble: &Trouble, severity: Severity) {
        let mut fault = Diagnostic::whole_file(code, file, trouble.message.clone());
        fault.line = trouble.line;
        self.diagnostics.push(fault.severity(severity).help(trouble.help.clone()));
    }

    /// A table as text, wherever it comes from.
    fn take_table(&mut self, file: &str, text: String, placing: Option<Placing>) {
        let (table, faults) = match Table::of_text(file, text, placing) {
            Ok(table) => table,
            Err(fault) => return self.diagnostics.push(*fault),
        };
        self.diagnostics.extend(faults);
        let Some(shape) = self.shape(&table) else { return };
        let index = self.tables.len();
        self.files.push(file.to_owned());
        let (drafts, faults) = rows(&table, shape, index, self.manifest.as_ref());
        self.drafts.extend(drafts);
        self.diagnostics.extend(faults);
        self.tables.push(table);
    }

    /// A text or XML file: accounting reports, or nothing we read.
    fn read_report_file(&mut self, file: &str, extension: &str) {
        let Some(bytes) = self.bytes(file) else { return };
        let text = match decode(file, bytes) {
            Ok(text) => text,
            Err(fault) => return self.diagnostics.push(*fault),
        };
        match accounts::dialect(extension, &text) {
            Some(dialect) => self.read_reports(file, text, dialect),
            None => {
                let fault = Diagnostic::whole_file("I005", file, "this kind of file is not read");
                let help = "a text file with accounting reports begins with label 001; what the file says is not in the case";
                self.diagnostics.push(fault.severity(Severity::Warning).help(help));
            }
        }
    }

    /// A workbook: each of its sheets is a table, of reports or of any other shape.
    fn read_workbook(&mut self, file: &str) {
        let Some(bytes) = self.bytes(file) else { return };
        match workbook::sheets(bytes) {
            Err(words) => {
                let fault = Diagnostic::whole_file(
                    "I050",
                    file,
                    format!("not a workbook that can be read: {words}"),
                );
                self.diagnostics
                    .push(fault.help("save it again as XLSX, or each sheet as \"CSV UTF-8\""));
            }
            Ok(sheets) => {
                for sheet in sheets {
                    let name = format!("{file}!{}", sheet.name);
                    for remark in &sheet.remarks {
                        self.tell("I057", &name, remark, Severity::Warning);
                    }
                    match accounts::dialect("xlsx", sheet.csv.trim_start_matches('\n')) {
                        Some(dialect) => self.read_reports(&name, sheet.csv, dialect),
                        None => {
                            let (text, place) = sheet.table();
                            self.take_table(&name, text, Some(Placing::Sheet(place)));
                        }
                    }
                }
            }
        }
    }

    /// Requests for access, written as text.
    fn read_requests(&mut self, file: &str) {
        let (Some(text), Some(manifest)) = (self.kdl(file), self.manifest.clone()) else { return };
        let reading = notation::read(&text);
        let nodes = &reading.document.nodes;
        if reading.messages.is_empty() && !nodes.iter().any(|n| n.name == requests::NODE) {
            let fault = Diagnostic::whole_file("I005", file, "this kind of file is not read");
            let help = "KDL files are case.kdl, roadmap.kdl, field.kdl, production.kdl, scenarios, and requests for access";
            return self.diagnostics.push(fault.severity(Severity::Warning).help(help));
        }
        let mut messages = reading.messages;
        let made = requests::read(file, nodes, &manifest, &mut messages);
        let index = self.file_without_cells(file);
        let source = notation::Source::new(&text);
        for (statement, at) in made {
            let origin = Origin { file: index, line: source.position(at).0, start: 0 };
            self.drafts.push(Draft { statement, origin });
        }
        let told = messages.into_iter().map(|m| Diagnostic::of_message(file, &text, m));
        self.diagnostics.extend(told);
    }

    /// Counts a file that is no table among the files. Tables and files are counted alike.
    fn file_without_cells(&mut self, file: &str) -> usize {
        self.files.push(file.to_owned());
        self.tables.push(Table {
            file: file.to_owned(),
            text: String::new(),
            columns: HashMap::new(),
            header: Vec::new(),
            placing: None,
        });
        self.files.len() - 1
    }

    /// Accounting reports become statements; a large one becomes several.
    fn read_reports(&mut self, file: &str, text: String, dialect: Dialect) {
        let Some(manifest) = self.manifest.clone() else { return };
        let text = FileText::new(file, text);
        let reading = accounts::read(&text, dialect);
        self.diagnostics.extend(reading.faults);
        self.incomplete_areas.extend(reading.incomplete.into_iter().map(String::from));
        let index = self.file_without_cells(file);
        for read in reading.reports {
            let (head, reported) = (read.head.clone(), read.reported.clone());
            let id = accounts::id(&read.report);
            if let Some((earlier, _)) = self.report_lines.get(&id) {
                let place = match self.files.get(*earlier) {
                    Some(name) if name != file => format!("in {name}"),
                    _ => "in this file".to_owned(),
                };
                let message = format!("the report {id} is there already, {place}");
                let fault = text.fault("A041", Severity::Error, head, message, "again here");
                self.diagnostics.push(fault.help(
                    "reports of an area and type are numbered without repetition; this one is left out",
                ));
                self.incomplete_areas.insert(read.report.mba.to_string());
                continue;
            }
            for (report, places) in accounts::split(read) {
                let id = accounts::id(&report);
                let Ok(object) = id.parse::<statement::ObjectId>() else { continue };
                let header = Header {
                    case: manifest.id.clone(),
                    id: object,
                    note: None,
                    party: manifest.declares.clone().unwrap_or_else(desk),
                    replaces: None,
                    said: reported.clone(),
                    source: Some(Source {
                        basis: Basis::Seen,
                        cite: format!("accounting report, {file}"),
                        credibility: None,
                        reliability: None,
                    }),
                };
                let statement = Statement { header, body: Body::AccountReport(report) };
                let faults = statement.faults();
                if faults.is_empty() {
                    let start = places.first().map_or(0, |p| p.start);
                    let origin = Origin { file: index, line: text.line_of(start).0, start: 0 };
                    self.report_lines.insert(id, (index, places));
                    self.drafts.push(Draft { statement, origin });
                } else {
                    for f in faults {
                        let told = text.fault(
                            "I016",
                            Severity::Error,
                            head.clone(),
                            f.to_string(),
                            "in this report",
                        );
                        self.diagnostics.push(told);
                    }
                }
            }
        }
        self.report_files.insert(index, text);
    }

    /// A mistake in a report of this folder: at a line, counted from 0 in its statement, or at the report; and
    /// in the line at the field of that column name, where the line has it.
    #[must_use]
    pub fn report_fault(&self, id: &str, fault: ReportFault<'_>) -> Option<Diagnostic> {
        let (file, lines) = self.report_lines.get(id)?;
        let text = self.report_files.get(file)?;
        let line = lines.get(fault.line.unwrap_or(0))?.clone();
        let at = match fault.line {
            Some(_) => accounts::locate(text, &line, fault.column).unwrap_or(line),
            None => line,
        };
        let told = text.fault(fault.code, fault.severity, at, fault.message, fault.label);
        Some(told.help(fault.help))
    }

    /// Recognises a table by its columns.
    fn shape(&mut self, table: &Table) -> Option<&'static Shape> {
        if table.header.is_empty() {
            return None;
        }
        let shared = |shape: &Shape| {
            shape.required.iter().filter(|c| table.columns.contains_key(**c)).count()
        };
        let whole = SHAPES
            .iter()
            .filter(|s| shared(s) == s.required.len())
            .max_by_key(|s| s.required.len());
        let shape = whole.or_else(|| {
            SHAPES.iter().max_by_key(|s| shared(s)).filter(|s| shared(s) * 2 >= s.required.len())
        });
        let Some(shape) = shape else {
            let names: Vec<&str> = SHAPES.iter().map(|s| s.name).collect();
            let fault = table.fault_at(
                "I009",
                0,
                1,
                None,
                "a table of no known shape".into(),
                "these columns".into(),
            );
            let help =
                format!("known are: {}; docs/case-folder.md gives their columns", names.join(", "));
            self.diagnostics.push(fault.help(help));
            return None;
        };
        let known = || shape.required.iter().chain(shape.optional).copied();
        let missing: Vec<&str> =
            shape.required.iter().copied().filter(|c| !table.columns.contains_key(*c)).collect();
        for (i, name) in
            table.header.iter().enumerate().filter(|(_, n)| !known().any(|k| k == n.as_str()))
        {
            let fault = table.fault_at(
                "I009",
                0,
                1,
                Some(i),
                format!("`{name}` is not a column of a table of {}", shape.name),
                "not known".into(),
            );
            let help = match notation::did_you_mean(name, missing.iter().copied().chain(known())) {
                Some(word) => format!("did you mean `{word}`?"),
                None => format!("known are: {}", known().collect::<Vec<_>>().join(", ")),
            };
            // Another column does no harm; a misspelt one leaves a needed one out.
            let severity = if missing.is_empty() { Severity::Warning } else { Severity::Error };
            self.diagnostics.push(fault.severity(severity).help(help));
        }
        if !missing.is_empty() {
            let message = format!(
                "a table of {} without {}",
                shape.name,
                missing.iter().map(|m| format!("`{m}`")).collect::<Vec<_>>().join(", ")
            );
            self.diagnostics.push(table.fault_at(
                "I009",
                0,
                1,
                None,
                message,
                "these columns".into(),
            ));
            return None;
        }
        Some(shape)
    }

    /// Named places are recorded like anything else that is known from a source.
    fn read_places(&mut self) {
        let Some(manifest) = &self.manifest else { return };
        for place in &manifest.places {
            let Ok(id) = format!("place.{}", place.name.replace(char::is_whitespace, "-")).parse()
            else {
                continue;
            };
            let source = Source {
                basis: place.basis,
                cite: place.source.clone(),
                credibility: None,
                reliability: None,
            };
            let header = Header {
                case: manifest.id.clone(),
                id,
                note: None,
                party: desk(),
                replaces: None,
                said: None,
                source: Some(source),
            };
            let statement = Statement { header, body: Body::Observation(place_name(place)) };
            let faults = statement.faults();
            if faults.is_empty() {
                let origin = Origin { file: usize::MAX, line: place.line, start: 0 };
                self.drafts.push(Draft { statement, origin });
            } else {
                for fault in faults {
                    let mut told = Diagnostic::whole_file(
                        "I016",
                        "case.kdl",
                        format!("place `{}`: {fault}", place.name),
                    );
                    told.line = place.line;
                    self.diagnostics.push(told);
                }
            }
        }
    }

    /// Ids that two rows share, in one table or two.
    fn same_ids(&mut self) {
        let mut keep = Vec::with_capacity(self.drafts.len());
        let mut by_id = HashMap::with_capacity(self.drafts.len());
        // A row may make several statements; its id is told once.
        let mut told = None;
        for draft in std::mem::take(&mut self.drafts) {
            let id = draft.statement.header.id.as_str();
            match by_id.get(id) {
                None => {
                    by_id.insert(id.to_owned(), keep.len());
                    keep.push(draft);
                }
                Some(&first) => {
                    if told.replace((draft.origin.file, draft.origin.line))
                        == Some((draft.origin.file, draft.origin.line))
                    {
                        continue;
                    }
                    let first: &Draft = &keep[first];
                    let at = first.origin;
                    let file = self.files.get(at.file).map_or("case.kdl", String::as_str);
                    let message =
                        format!("the id `{id}` is used twice; first at {file} line {}", at.line);
                    let fault = match self.tables.get(draft.origin.file) {
                        Some(table) => {
                            let names =
                                ["id", "step_id", "report_id", "limit_id", "clock_id", "party"];
                            let column = names.iter().find_map(|c| table.columns.get(*c).copied());
                            table.fault_at(
                                "I032",
                                draft.origin.start,
                                draft.origin.line,
                                column,
                                message,
                                "again here".into(),
                            )
                        }
                        None => Diagnostic::whole_file("I032", "case.kdl", message),
                    };
                    self.diagnostics
                        .push(fault.help("give each row an id of its own; this row is left out"));
                }
            }
        }
        self.drafts = keep;
        self.by_id = by_id;
    }

    /// Rows of one name whose points lie farther apart than their precisions allow.
    fn same_names(&mut self) {
        let mut by_name: BTreeMap<String, Vec<(usize, f64, f64, f64)>> = BTreeMap::new();
        for (i, draft) in self.drafts.iter().enumerate() {
            if let Body::Observation(o) = &draft.statement.body
                && draft.origin.file != usize::MAX
                && let Some(point) = o.place.as_ref().and_then(|p| p.point.as_ref())
                // A point that does not say how good it is contradicts nothing.
                && let Some(precision) = point.precision_m.map(statement::Decimal::to_f64)
            {
                let at = (i, point.lat.to_f64(), point.lon.to_f64(), precision);
                by_name.entry(fold(&o.name)).or_default().push(at);
            }
        }
        for same in by_name.values().filter(|s| s.len() > 1) {
            for (n, &(i, lat, lon, precision)) in same.iter().enumerate().skip(1) {
                // Against the row before and the first: of many rows of one name each is told once.
                let earlier = [same[n - 1], same[0]];
                let apart = earlier.iter().find_map(|&(first, lat2, lon2, precision2)| {
                    let distance = distance_m((lat, lon), (lat2, lon2));
                    (distance > 3.0 * (precision + precision2)).then_some((first, distance))
                });
                let Some((first, distance)) = apart else { continue };
                let (draft, other) = (&self.drafts[i], &self.drafts[first]);
                let message = format!(
                    "the point lies {:.1} km from that of `{}` (line {}), which has the same name",
                    distance / 1000.0,
                    other.statement.header.id,
                    other.origin.line
                );
                if let Some(table) = self.tables.get(draft.origin.file) {
                    let column = table.columns.get("lat").copied();
                    let fault = table.fault_at(
                        "I033",
                        draft.origin.start,
                        draft.origin.line,
                        column,
                        message,
                        "this point".into(),
                    );
                    let help =
                        "one of the two is a slip, or they are two places: check the sources";
                    self.diagnostics.push(fault.severity(Severity::Warning).help(help));
                }
            }
        }
    }
}

fn place_name(place: &PlaceName) -> Observation {
    Observation {
        category: "place name".to_owned(),
        claims: Vec::new(),
        name: place.name.clone(),
        observed_on: None,
        place: Some(Place {
            point: Some(Point {
                lat: place.lat,
                lon: place.lon,
                precision_m: Some(place.precision_m),
            }),
            ..Default::default()
        }),
        status: None,
        variants: place.aliases.clone(),
        variants_from_memory: Vec::new(),
    }
}

/// Reads the rows of a table; every row stands for itself.
fn rows(
    table: &Table,
    shape: &Shape,
    file: usize,
    manifest: Option<&Manifest>,
) -> (Vec<Draft>, Vec<Diagnostic>) {
    let mut drafts = Vec::new();
    let Some(manifest) = manifest else { return (drafts, Vec::new()) };
    let mut stocks = Stocks::default();
    let faults = table.each_row(|row| {
        let made = (shape.read)(row, manifest);
        stocks.check(row);
        if row.is_good() {
            let origin = Origin { file, line: row.line, start: row.start };
            drafts.extend(made.into_iter().map(|statement| Draft { statement, origin }));
        }
    });
    (drafts, faults)
}

/// Stocks that must follow from the last stock and the change, where a table gives both.
#[derive(Default)]
struct Stocks {
    last: HashMap<&'static str, (statement::Decimal, String)>,
}

impl Stocks {
    fn check(&mut self, row: &mut Row<'_>) {
        for (stock, change) in
            [("leu_total_kgU", "leu_change_kgU"), ("heavy_water_t", "heavy_water_change_t")]
        {
            let Some(now) = row.get(stock).and_then(|t| t.parse::<statement::Decimal>().ok())
            else {
                continue;
            };
            let moved = row.get(change).and_then(|t| t.parse::<statement::Decimal>().ok());
            if let (Some(moved), Some((before, report))) = (moved, self.last.get(stock)) {
                let expected = before.exact() + moved.exact();
                if expected != now.exact() {
                    let message = format!(
                        "{now} does not follow from {before} in {report} and the change {moved}"
                    );
                    let help = format!(
                        "{before} {moved:+} would be {expected}; one of the three figures is a slip",
                        moved = moved.exact()
                    );
                    row.warn("I044", stock, message, "this stock", Some(help));
                }
            }
            let report = row.get("report_id").unwrap_or_default().to_owned();
            self.last.insert(stock, (now, report));
        }
    }
}
