//! Tables without frames that give up their least needed columns before they give up legibility.

use super::style::{Paint, Span, Style, columns_of, shortened};

/// Columns between two columns of a table, and before the first.
const GAP: usize = 2;
/// A column is shortened to no less than this.
const LEAST: usize = 8;

/// Where a column's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// One column.
#[derive(Clone, Debug)]
struct Column {
    head: String,
    side: Side,
    rank: u8,
}

/// Rows under column heads.
#[derive(Clone, Debug, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Span>>,
}

impl Table {
    /// A table without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column. Those of rank 0 always stay; of the others the highest rank goes first.
    #[must_use]
    pub fn column(mut self, head: &str, side: Side, rank: u8) -> Self {
        self.columns.push(Column {
            head: head.to_owned(),
            side,
            rank,
        });
        self
    }

    /// Adds a row with one cell for each column.
    pub fn row(&mut self, cells: Vec<Span>) {
        assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        self.rows.push(cells);
    }

    /// The table as lines no wider than the style allows, and the columns it left out.
    pub fn lines(&self, style: &Style) -> (Vec<String>, Vec<String>) {
        self.lines_within(style.columns(), style)
    }

    /// The same for a number of columns.
    fn lines_within(&self, room: usize, style: &Style) -> (Vec<String>, Vec<String>) {
        let natural: Vec<usize> = (0..self.columns.len())
            .map(|index| self.natural_width(index, style))
            .collect();
        let kept = self.kept(&natural, room);
        let widths = self.fitted(&kept, &natural, room);
        let heads: Vec<Span> = self
            .columns
            .iter()
            .map(|column| Span::new(column.head.clone(), Paint::Strong))
            .collect();
        let mut lines = vec![self.line(&heads, &kept, &widths, style)];
        lines.extend(
            self.rows
                .iter()
                .map(|row| self.line(row, &kept, &widths, style)),
        );
        for line in &mut lines {
            line.truncate(line.trim_end().len());
        }
        let hidden = (0..self.columns.len())
            .filter(|index| !kept.contains(index) && natural[*index] > 0)
            .map(|index| self.columns[index].head.clone())
            .filter(|head| !head.is_empty())
            .collect();
        (lines, hidden)
    }

    /// The same with the first column on lines of its own, above what belongs to it.
    pub fn stacked_lines(&self, style: &Style) -> (Vec<String>, Vec<String>) {
        let below = Self {
            columns: self.columns.iter().skip(1).cloned().collect(),
            rows: self.rows.iter().map(|row| row[1..].to_vec()).collect(),
        };
        let (lines, hidden) = below.lines_within(style.columns() - GAP, style);
        let mut lines = lines.into_iter().map(|line| {
            let indented = format!("{}{line}", " ".repeat(GAP));
            indented.trim_end().to_owned()
        });
        let mut all: Vec<String> = lines.next().into_iter().collect();
        for (row, line) in self.rows.iter().zip(lines) {
            let text = style.signs(&row[0].text);
            let text = style.signs(&shortened(&text, style.columns() - GAP));
            let text = style.painted(&text, row[0].paint);
            all.extend([format!("{}{text}", " ".repeat(GAP)), line]);
        }
        (all, hidden)
    }

    /// The widest cell of a column; 0 when all its cells are empty, which hides the column.
    fn natural_width(&self, index: usize, style: &Style) -> usize {
        let cells = self
            .rows
            .iter()
            .map(|row| columns_of(&style.signs(&row[index].text)));
        match cells.max() {
            Some(0) => 0,
            widest => widest
                .unwrap_or(0)
                .max(columns_of(&self.columns[index].head)),
        }
    }

    /// Columns that stay, so that the rest can be shortened to fit.
    fn kept(&self, natural: &[usize], room: usize) -> Vec<usize> {
        let mut kept: Vec<usize> = (0..self.columns.len())
            .filter(|&index| natural[index] > 0)
            .collect();
        while total(&kept, natural) > room {
            let last = kept
                .iter()
                .copied()
                .filter(|&index| self.columns[index].rank > 0)
                .max_by_key(|&index| (self.columns[index].rank, index));
            match last {
                Some(index) => kept.retain(|&other| other != index),
                None => break,
            }
        }
        kept
    }

    /// Widths of the kept columns; the widest words are shortened first, numbers never.
    fn fitted(&self, kept: &[usize], natural: &[usize], room: usize) -> Vec<usize> {
        let mut widths = natural.to_vec();
        while total(kept, &widths) > room {
            let widest = kept
                .iter()
                .copied()
                .filter(|&index| self.columns[index].side == Side::Left && widths[index] > LEAST)
                .max_by_key(|&index| widths[index]);
            match widest {
                Some(index) => widths[index] -= 1,
                None => break,
            }
        }
        widths
    }

    fn line(&self, cells: &[Span], kept: &[usize], widths: &[usize], style: &Style) -> String {
        let mut line = String::new();
        for &index in kept {
            let text = style.signs(&shortened(&style.signs(&cells[index].text), widths[index]));
            let pad = " ".repeat(widths[index].saturating_sub(columns_of(&text)));
            let text = style.painted(&text, cells[index].paint);
            line.push_str(&" ".repeat(GAP));
            match self.columns[index].side {
                Side::Left => line.extend([text, pad]),
                Side::Right => line.extend([pad, text]),
            }
        }
        line
    }
}

fn total(kept: &[usize], widths: &[usize]) -> usize {
    kept.iter().map(|&index| widths[index] + GAP).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        let mut table = Table::new()
            .column("name", Side::Left, 0)
            .column("kind", Side::Left, 2)
            .column("util", Side::Right, 0)
            .column("note", Side::Left, 1);
        let cells = |texts: [&str; 4]| texts.iter().map(|text| Span::plain(*text)).collect();
        table.row(cells([
            "web",
            "WebServer",
            "6.0 %",
            "a note that is not short at all",
        ]));
        table.row(cells(["데이터베이스", "Database", "75.0 %", ""]));
        table
    }

    #[test]
    fn numbers_end_in_the_same_column_beside_wide_names() {
        let (lines, _) = sample().lines(&Style::default());
        let end = |line: &str, sign: &str| columns_of(&line[..line.find(sign).unwrap()]);
        assert_eq!(end(&lines[1], "%"), end(&lines[2], "%"));
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn a_narrow_table_names_what_it_left_out() {
        let (lines, hidden) = sample().lines(&Style {
            width: 60,
            ..Style::default()
        });
        assert!(lines.iter().all(|line| columns_of(line) <= 60), "{lines:?}");
        assert_eq!(hidden, ["kind"]);
        assert!(lines[1].contains("note that is"));
    }

    #[test]
    fn a_stacked_table_has_its_first_column_on_lines_of_its_own() {
        let style = Style {
            width: 60,
            ..Style::default()
        };
        let (lines, hidden) = sample().stacked_lines(&style);
        assert!(lines.iter().all(|line| columns_of(line) <= 60), "{lines:?}");
        assert_eq!((lines.len(), hidden.len()), (5, 0));
        assert_eq!(lines[1], "  web");
        assert!(lines[2].starts_with("    WebServer"), "{lines:?}");
        assert_eq!(lines[3], "  데이터베이스");
    }

    #[test]
    fn columns_without_content_are_not_shown() {
        let mut table = Table::new()
            .column("a", Side::Left, 0)
            .column("b", Side::Right, 0);
        table.row(vec![Span::plain("x"), Span::plain("")]);
        assert_eq!(table.lines(&Style::default()).0, ["  a", "  x"]);
    }
}
