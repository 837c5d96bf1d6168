//! Intake: from the files people have to statements, with every mistake shown where it stands.
//!
//! ```text
//! case folder ──read──▶ Folder { manifest, roadmap text, drafts, diagnostics }
//! ```
//!
//! A [`Draft`] is a statement nobody has signed yet, with the row it came from. A [`Diagnostic`] names file,
//! line and column, underlines the cell or node, and says what was expected. All mistakes of a folder are
//! found in one run; a row with a mistake makes no draft, and the rows around it do.
//!
//! A table is recognised by its columns; each shape of table is one module of [`shapes`](self). To take a new
//! shape, write its module and add it to the list there.

mod accounts;
mod attached;
mod diagnostic;
mod feature;
mod folder;
mod form;
mod geography;
mod geojson;
mod geopackage;
mod kml;
mod lines;
mod loose;
mod loose_table;
mod manifest;
pub mod numbers;
pub mod production;
mod requests;
mod sealing;
pub mod series;
mod shapes;
mod table;
mod workbook;

pub use accounts::{
    Written, WrittenFile, read_and_write_reports, read_reports, write as write_reports,
};
pub use diagnostic::{Diagnostic, Severity, render};
pub use folder::{Draft, Folder, IntakeError, Origin, ReportFault, RoadmapFile, read};
pub use form::{FilledForm, form_header, form_workbook, read_form};
pub use loose::manifest_lines;
pub use loose_table::{LooseTable, loose_table};
pub use manifest::{Evidence, Manifest, Party, PlaceName, Region};
pub use notation::did_you_mean;
pub use sealing::{DeclaredPlace, case_folder_around, declaration};
