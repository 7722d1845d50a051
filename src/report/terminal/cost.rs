//! What a design costs.

use super::page::Page;
use super::style::{Paint, Span};
use crate::experiment::result::Bill;
use crate::report::number::{self, Unit};

/// Most parts that are named.
const SHOWN: usize = 6;

/// The bill in one line, and what has no price.
pub fn cost(page: &mut Page, bill: Option<&Bill>) {
    let Some(bill) = bill else { return };
    let money = |value| number::number(value, Unit::Count);
    let exact = |value| number::with_interval(value, (value, value), Unit::Count).0;
    let mut pieces = vec![Span::new(
        format!("{} a month", exact(bill.per_month)),
        Paint::Strong,
    )];
    if let Some(each) = bill.per_million_requests {
        let text = format!("{} per million requests", money(each));
        pieces.push(Span::plain(text));
    }
    for (name, part) in bill.parts.iter().take(SHOWN) {
        let text = format!("{name} {} x {}", exact(part.nodes), exact(part.each));
        pieces.push(Span::plain(text));
    }
    if bill.parts.0.len() > SHOWN {
        let more = bill.parts.0.len() - SHOWN;
        pieces.push(Span::plain(format!("and {more} more")));
    }
    if !bill.without_price.is_empty() {
        let names = bill.without_price.join(", ");
        pieces.push(Span::new(format!("without {names}"), Paint::Doubt));
    }
    page.labelled("COST", &pieces);
}
