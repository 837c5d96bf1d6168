//! Workbooks as tables: each sheet of an XLSX file as CSV text, row for row.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

/// A sheet.
pub(crate) struct Sheet {
    pub name: String,
    /// Its cells as CSV; row n of the sheet is line n of the text.
    pub csv: String,
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
        sheets.push(Sheet { name, csv });
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
