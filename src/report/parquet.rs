//! Points of a sweep as Apache Parquet, for tools that read columns.

use std::sync::Arc;

use ::parquet::basic::{ConvertedType, Repetition, Type as Physical};
use ::parquet::column::writer::ColumnWriter;
use ::parquet::data_type::ByteArray;
use ::parquet::errors::Result;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type;

use super::File;
use super::csv::{Rows, point_rows};
use crate::experiment::result::sweep::SweepResult;

/// What a column holds; what is missing is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Truth,
    Text,
}

/// `points.parquet`: the columns of `points.csv`, with numbers as doubles, `: holds` as booleans
/// and the rest as text; `None` without a point.
pub fn sweep_points(sweep: &SweepResult) -> Option<File> {
    let rows = point_rows(sweep)?;
    Some(("points.parquet".to_owned(), in_memory(&rows)))
}

fn in_memory(rows: &Rows) -> Vec<u8> {
    file(rows).expect("writing to memory cannot fail")
}

fn file(rows: &Rows) -> Result<Vec<u8>> {
    let kinds: Vec<Kind> = (0..rows.head.len())
        .map(|place| kind(rows, place))
        .collect();
    let fields = rows.head.iter().zip(&kinds);
    let fields = fields.map(|(name, kind)| field(name, *kind).map(Arc::new));
    let schema = Type::group_type_builder("points").with_fields(fields.collect::<Result<_>>()?);
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema.build()?), properties)?;
    let mut group = writer.next_row_group()?;
    for place in 0..kinds.len() {
        let cells = rows.rows.iter().map(|row| row[place].as_str());
        let column = group.next_column()?.expect("as many as the schema has");
        fill(column, cells)?;
    }
    group.close()?;
    writer.into_inner()
}

/// By name where the column may be empty, else by what stands in it.
fn kind(rows: &Rows, place: usize) -> Kind {
    let name = rows.head[place].as_str();
    let mut cells = rows.rows.iter().map(|row| &row[place]);
    if name.ends_with(": holds") {
        Kind::Truth
    } else if name == "busiest" || cells.any(|cell| !cell.is_empty() && number(cell).is_none()) {
        Kind::Text
    } else {
        Kind::Number
    }
}

fn number(cell: &str) -> Option<f64> {
    cell.parse().ok()
}

fn field(name: &str, kind: Kind) -> Result<Type> {
    let (physical, converted) = match kind {
        Kind::Number => (Physical::DOUBLE, ConvertedType::NONE),
        Kind::Truth => (Physical::BOOLEAN, ConvertedType::NONE),
        Kind::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
    };
    Type::primitive_type_builder(name, physical)
        .with_converted_type(converted)
        .with_repetition(Repetition::OPTIONAL)
        .build()
}

fn fill<'a>(
    mut column: SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'a str> + Clone,
) -> Result<()> {
    let levels: Vec<i16> = cells
        .clone()
        .map(|cell| i16::from(!cell.is_empty()))
        .collect();
    let known = cells.filter(|cell| !cell.is_empty());
    match column.untyped() {
        ColumnWriter::DoubleColumnWriter(writer) => {
            let values: Vec<f64> = known.filter_map(number).collect();
            writer.write_batch(&values, Some(&levels), None)?;
        }
        ColumnWriter::BoolColumnWriter(writer) => {
            let values: Vec<bool> = known.map(|cell| cell == "true").collect();
            writer.write_batch(&values, Some(&levels), None)?;
        }
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let values: Vec<ByteArray> = known.map(ByteArray::from).collect();
            writer.write_batch(&values, Some(&levels), None)?;
        }
        _ => unreachable!("columns are doubles, booleans and text"),
    }
    column.close()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::report::{csv, sample};
    use ::parquet::file::reader::{FileReader, SerializedFileReader};

    /// Cell by cell what the table for spreadsheets has.
    #[test]
    fn what_is_read_back_is_the_table() {
        for sweep in [sample::grid(), sample::sampled()] {
            let (name, bytes) = sweep_points(&sweep).unwrap();
            assert_eq!(name, "points.parquet");
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&bytes).unwrap();
            let read = SerializedFileReader::new(file).unwrap();
            let found: Vec<_> = read
                .get_row_iter(None)
                .unwrap()
                .map(Result::unwrap)
                .collect();
            let table = csv::sweep_points(&sweep);
            let mut table = ::csv::Reader::from_reader(table.as_bytes());
            let head = table.headers().unwrap().clone();
            let rows: Vec<_> = table.records().map(std::result::Result::unwrap).collect();
            assert_eq!(found.len(), rows.len());
            for (found, row) in found.iter().zip(&rows) {
                let columns: Vec<_> = found.get_column_iter().collect();
                assert_eq!(columns.len(), head.len());
                for ((column, name), cell) in columns.iter().zip(&head).zip(row) {
                    assert_eq!(column.0, name);
                    let told = column.1.to_string();
                    let is_same = match cell {
                        "" => told == "null",
                        cell => told.trim_matches('"') == cell || number(&told) == number(cell),
                    };
                    assert!(is_same, "{name}: {told} for {cell}");
                }
            }
        }
    }
}
