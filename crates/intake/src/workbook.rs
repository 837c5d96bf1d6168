//! Workbooks as tables: each sheet of an XLSX file as CSV text, row for row.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use crate::feature::Trouble;

/// A sheet.
pub(crate) struct Sheet {
    pub name: String,
    /// Its cells as CSV; row n of the sheet is line n of the text.
    pub csv: String,
    /// The first column with anything in it, from 0.
    first_column: usize,
    /// Formulas and merged cells, which read otherwise than they look.
    pub remarks: Vec<Trouble>,
}

/// Where the cells of a sheet's table stand.
#[derive(Debug, Clone)]
pub(crate) struct SheetPlace {
    /// The first column with anything in it, from 0.
    pub first_column: usize,
    /// For each line of the text, the row of the sheet it shows, from 1.
    pub rows: Vec<usize>,
}

impl SheetPlace {
    /// The address of a cell of the table: `D5`.
    pub(crate) fn address(&self, row: usize, column: usize) -> String {
        format!("{}{row}", letters(self.first_column + column))
    }
}

impl Sheet {
    /// The table alone, without the blank rows and columns around it, and where its lines stand.
    pub(crate) fn table(&self) -> (String, SheetPlace) {
        let mut rows = Vec::new();
        let mut text = String::with_capacity(self.csv.len());
        for (number, line) in (1..).zip(self.csv.lines()).filter(|(_, line)| !line.is_empty()) {
            // The cells left of the table are empty: a comma each.
            text.push_str(line.get(self.first_column..).unwrap_or_default());
            text.push('\n');
            rows.push(number);
        }
        (text, SheetPlace { first_column: self.first_column, rows })
    }
}

/// Column letters: 0 is A, 26 is AA.
fn letters(mut column: usize) -> String {
    let mut out = Vec::new();
    loop {
        out.push(b'A' + u8::try_from(column % 26).unwrap_or(0));
        match (column / 26).checked_sub(1) {
            Some(next) => column = next,
            None => break,
        }
    }
    out.reverse();
    String::from_utf8(out).unwrap_or_default()
}

/// What reads otherwise than it looks: of a formula the last value counts, which may be older than what it rests on; of
/// merged cells all but the first are empty.
fn remarks(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Vec<Trouble> {
    let address = |(row, column): (u32, u32)| format!("{}{}", letters(column as usize), row + 1);
    let mut found = Vec::new();
    if let Ok(formulas) = book.worksheet_formula(name)
        && let Some((top, left)) = formulas.start()
    {
        let mut cells = formulas.used_cells().filter(|(.., text)| !text.is_empty());
        if let Some((row, column, _)) = cells.next() {
            let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let first = (top.saturating_add(at(row)), left.saturating_add(at(column)));
            let and = match cells.count() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            found.push(Trouble::at_line(
                first.0 as usize + 1,
                format!(
                    "cell {}{and}: a formula; the value last calculated is taken",
                    address(first)
                ),
                "paste the values, so that what is declared is written and not calculated",
            ));
        }
    }
    for merged in book.merge_cells_by_sheet_name(name).unwrap_or_default() {
        found.push(Trouble::at_line(
            merged.start.0 as usize + 1,
            format!(
                "cells {}:{} are merged; all but the first are read as empty",
                address(merged.start),
                address(merged.end)
            ),
            "split the cells and write the value into each row it is meant for",
        ));
    }
    found
}

/// Cells of a sheet that are taken; a few bytes can claim to be billions.
const MAX_CELLS: usize = 20_000_000;

/// The sheets of a workbook that hold something.
///
/// # Errors
/// Words for what is wrong with the file.
pub(crate) fn sheets(bytes: Vec<u8>) -> Result<Vec<Sheet>, String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(|e| format!("sheet `{name}`: {e}"))?;
        let (height, width) = range.get_size();
        if height == 0 {
            continue;
        }
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        let all = height.saturating_mul(width + first_column as usize);
        if all > MAX_CELLS || first_row as usize > MAX_CELLS {
            return Err(format!(
                "sheet `{name}` spans {height} rows and {width} columns, which is too large"
            ));
        }
        let mut csv = "\n".repeat(first_row as usize);
        for row in range.rows() {
            let lead = std::iter::repeat_n(String::new(), first_column as usize);
            let cells = lead.chain(row.iter().map(cell)).collect::<Vec<_>>().join(",");
            // A line of commas alone is a blank row.
            if !cells.bytes().all(|b| b == b',') {
                csv.push_str(&cells);
            }
            csv.push('\n');
        }
        let remarks = remarks(&mut book, &name);
        sheets.push(Sheet { name, csv, first_column: first_column as usize, remarks });
    }
    Ok(sheets)
}

/// A cell as text: numbers without exponent, days as 2025-01-31.
fn cell(data: &Data) -> String {
    let text = match data {
        Data::Empty => return String::new(),
        Data::DateTime(at) => {
            let (year, month, day, h, m, s, _) = at.to_ymd_hms_milli();
            match (h, m, s) {
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}"),
            }
        }
        // A row of the sheet stays a line of the text.
        other => other.to_string().replace(['\n', '\r'], " "),
    };
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn column_letters() {
        let all: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(letters).into();
        assert_eq!(all, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
