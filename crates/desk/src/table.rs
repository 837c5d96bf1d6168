//! A table for people and for programs.

use comfy_table::{ContentArrangement, presets};

/// Rows under named columns.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Names of the columns: words for people, without spaces for programs.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    #[must_use]
    pub fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// The table without some columns, and without those of `if_empty` in which no row says anything: for a narrow page.
    #[must_use]
    pub fn without(mut self, columns: &[&str], if_empty: &[&str]) -> Self {
        let drop: Vec<bool> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let says = |row: &Vec<String>| row.get(at).is_some_and(|cell| !cell.is_empty());
                columns.contains(name) || (if_empty.contains(name) && !self.rows.iter().any(says))
            })
            .collect();
        let mut kept = drop.iter();
        self.columns.retain(|_| kept.next() != Some(&true));
        for row in &mut self.rows {
            let mut kept = drop.iter();
            row.retain(|_| kept.next() != Some(&true));
        }
        self
    }

    /// The table as text, at most `width` columns wide; long cells go over several lines.
    #[must_use]
    pub fn to_text(&self, width: usize) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        table.set_header(self.columns.iter().map(|c| c.replace('_', " ")));
        for row in &self.rows {
            table.add_row(row);
        }
        let mut text = String::new();
        for line in table.to_string().lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// The table as CSV, with a header.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing into memory cannot fail, and every row has a cell for each column.
        let _ = writer.write_record(&self.columns);
        for row in &self.rows {
            let _ = writer.write_record(row);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}
