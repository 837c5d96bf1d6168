//! KML 2.2 and KMZ as a table of observations: one placemark, one row.
//!
//! `ExtendedData` gives the columns of docs/case-folder.md; `name`, `description`, `TimeStamp` and `TimeSpan` fill those it
//! leaves out. Tags of other namespaces are passed over. Document types and entities other than the five of XML are
//! refused: an entity may stand for a thousand million letters.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::feature::{Feature, Shape, Trouble};

/// Most that a KMZ may hold, unpacked.
const MOST: u64 = 64 << 20;

/// The KML text in a KMZ: `doc.kml`, else its first `.kml`.
pub(crate) fn unpack(bytes: &[u8]) -> Result<String, Trouble> {
    let broken = |e: &dyn std::fmt::Display| {
        Trouble::whole(format!("not a KMZ archive: {e}"), "a KMZ is a ZIP archive with a doc.kml")
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    let names = archive.file_names().flatten();
    let mut names: Vec<String> = names
        .filter(|name| name.to_lowercase().ends_with(".kml"))
        .map(std::borrow::Cow::into_owned)
        .collect();
    names.sort_by_key(|n| (!n.eq_ignore_ascii_case("doc.kml"), n.clone()));
    let Some(name) = names.first() else {
        return Err(Trouble::whole("the archive holds no .kml file", "a KMZ holds a doc.kml"));
    };
    let mut text = String::new();
    let file = archive.by_name(name).map_err(|e| broken(&e))?;
    file.take(MOST + 1).read_to_string(&mut text).map_err(|e| broken(&e))?;
    if text.len() as u64 > MOST {
        return Err(Trouble::whole(
            format!("`{name}` is larger than {} MB unpacked", MOST >> 20),
            "split the map; an archive can also be made to unpack without end",
        ));
    }
    Ok(text)
}

/// Reads the placemarks of a KML text.
pub(crate) fn read(text: &str) -> Result<(Vec<Feature>, Vec<Trouble>), Trouble> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().trim_text(false);
    let line = |at: u64| {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
        text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1
    };
    let mut features: Vec<Feature> = Vec::new();
    let troubles = Vec::new();
    // Names of the open tags, without namespace prefix.
    let mut open: Vec<String> = Vec::new();
    let mut reading: Option<Mark> = None;
    let mut words = String::new();
    let mut root = false;
    loop {
        let at = reader.buffer_position();
        let event = reader.read_event().map_err(|e| {
            Trouble::at_line(
                line(at),
                format!("not well-formed XML: {e}"),
                "open it in Google Earth and save it again",
            )
        })?;
        match event {
            Event::DocType(_) => {
                return Err(Trouble::at_line(
                    line(at),
                    "the file has a document type, which may define entities without end; it is not read",
                    "take the <!DOCTYPE …> out; KML needs none",
                ));
            }
            Event::GeneralRef(entity) => {
                let name = entity.to_string();
                let letter = match name.as_str() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => entity.resolve_char_ref().ok().flatten(),
                };
                let Some(letter) = letter else {
                    return Err(Trouble::at_line(
                        line(at),
                        format!("the entity `&{name};` is not one of XML's own; it is not read"),
                        "write the text out",
                    ));
                };
                words.push(letter);
            }
            Event::Start(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                root |= name == "kml";
                words.clear();
                if name == "Placemark" {
                    let mut mark =
                        Mark { feature: Feature::new(features.len() + 1), ..Mark::default() };
                    mark.feature.line = line(at);
                    if let Some(id) = attribute(&tag, "id") {
                        mark.id = id;
                    }
                    reading = Some(mark);
                } else if let Some(mark) = &mut reading
                    && matches!(name.as_str(), "Data" | "SimpleData")
                {
                    mark.data = attribute(&tag, "name").unwrap_or_default();
                }
                open.push(name);
                if open.len() > 64 {
                    return Err(Trouble::at_line(
                        line(at),
                        "tags nested more than 64 deep",
                        "this is no map",
                    ));
                }
            }
            Event::Text(text) => words.push_str(&text),
            Event::CData(text) => words.push_str(&text),
            Event::End(_) => {
                let name = open.pop().unwrap_or_default();
                let text = std::mem::take(&mut words);
                if name == "Placemark" {
                    features.extend(reading.take().map(Mark::finish));
                } else if let Some(mark) = &mut reading {
                    mark.close(&name, &open, text.trim());
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !root {
        return Err(Trouble::whole(
            "the file has no <kml> element",
            "KML is XML with <kml> around everything",
        ));
    }
    Ok((features, troubles))
}

fn attribute(tag: &quick_xml::events::BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

/// A placemark as it is read.
#[derive(Default)]
struct Mark {
    feature: Feature,
    id: String,
    /// The name of the ExtendedData item that is open.
    data: String,
    begin: String,
    end: String,
    when: String,
    points: Vec<(String, String)>,
    is_area: bool,
    description: String,
}

impl Mark {
    /// A tag closed with this text in it.
    fn close(&mut self, name: &str, open: &[String], text: &str) {
        let inside = open.last().map_or("", String::as_str);
        match (name, inside) {
            ("name", "Placemark") => self.feature.set("name", text),
            ("description", "Placemark") => text.clone_into(&mut self.description),
            ("value", "Data") | ("SimpleData", _) => {
                let column = self.data.clone();
                self.feature.set(&column, text);
            }
            ("when", "TimeStamp") => text.clone_into(&mut self.when),
            ("begin", "TimeSpan") => text.clone_into(&mut self.begin),
            ("end", "TimeSpan") => text.clone_into(&mut self.end),
            ("coordinates", _) => {
                self.is_area |= inside != "Point";
                for position in text.split_whitespace() {
                    let mut numbers = position.split(',');
                    match (numbers.next(), numbers.next()) {
                        (Some(lon), Some(lat)) => {
                            self.points.push((lon.to_owned(), lat.to_owned()))
                        }
                        _ => self.feature.troubles.push(format!(
                            "`{position}` is not a position: longitude,latitude without a space"
                        )),
                    }
                }
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Feature {
        // A day is enough; the hour of a picture is not the hour of what it shows.
        let day = |text: &str| text.split('T').next().unwrap_or_default().to_owned();
        let date = match (day(&self.when), day(&self.begin), day(&self.end)) {
            (when, ..) if !when.is_empty() => when,
            (_, begin, end) if begin.is_empty() && end.is_empty() => String::new(),
            (_, begin, end) if begin.is_empty() => format!("../{end}"),
            (_, begin, end) if end.is_empty() => format!("{begin}/.."),
            (_, begin, end) if begin == end => begin,
            (_, begin, end) => format!("{begin}/{end}"),
        };
        self.feature.set("observed_on", &date);
        self.feature.set("id", &self.id);
        self.feature.set("note", &self.description);
        let shape = if self.is_area { Shape::Area } else { Shape::Point };
        self.feature.place(shape, &self.points);
        self.feature
    }
}
