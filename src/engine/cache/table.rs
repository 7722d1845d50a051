//! Numbers by item, in pages that take memory only where something was stored.

use crate::engine::visit::NONE;

/// Items of one page.
const PAGE: usize = 1024;

/// One number per item; [`NONE`] where nothing was stored.
#[derive(Debug, Default)]
pub struct Table {
    pages: Vec<Option<Box<[u32]>>>,
}

impl Table {
    /// The number of an item.
    #[inline]
    pub fn get(&self, item: u32) -> u32 {
        let (page, place) = split(item);
        match self.pages.get(page) {
            Some(Some(page)) => page[place],
            _ => NONE,
        }
    }

    /// Stores the number of an item.
    #[inline]
    pub fn set(&mut self, item: u32, number: u32) {
        let (page, place) = split(item);
        if page >= self.pages.len() {
            self.pages.resize_with(page + 1, || None);
        }
        self.pages[page].get_or_insert_with(|| vec![NONE; PAGE].into_boxed_slice())[place] = number;
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.pages.clear();
    }
}

fn split(item: u32) -> (usize, usize) {
    (item as usize / PAGE, item as usize % PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_made_where_something_is_stored() {
        let mut table = Table::default();
        assert_eq!(table.get(5_000_000), NONE);
        table.set(5_000_000, 7);
        table.set(1023, 8);
        assert_eq!(
            [5_000_000, 4_999_999, 1023, 1024].map(|item| table.get(item)),
            [7, NONE, 8, NONE]
        );
        assert_eq!(table.pages.iter().flatten().count(), 2);
        table.clear();
        assert_eq!(table.get(1023), NONE);
    }
}
