//! The bucket that pays for retries.

use super::spec::{Budget, WHOLE};

/// A bucket with what is in it.
#[derive(Clone, Copy, Debug)]
pub struct Purse {
    terms: Budget,
    level: u64,
}

impl Purse {
    /// Full.
    pub fn new(terms: Budget) -> Self {
        let level = u64::from(terms.bucket) * WHOLE;
        Self { terms, level }
    }

    /// An attempt was answered well.
    pub fn earn(&mut self) {
        let most = u64::from(self.terms.bucket) * WHOLE;
        self.level = most.min(self.level + self.terms.deposit);
    }

    /// Pays for a retry, if a whole one is there.
    pub fn pay(&mut self) -> bool {
        let paid = self.level >= WHOLE;
        self.level -= if paid { WHOLE } else { 0 };
        paid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten deposits of a tenth make a whole retry, not one unit less.
    #[test]
    fn tenths_add_up_to_one() {
        let mut purse = Purse::new(Budget {
            deposit: WHOLE / 10,
            bucket: 1,
        });
        assert!(purse.pay());
        for _ in 0..9 {
            purse.earn();
            assert!(!purse.pay());
        }
        purse.earn();
        assert!(purse.pay());
    }

    /// What does not go in is lost: after twenty deposits there is one retry, not two.
    #[test]
    fn the_bucket_holds_no_more_than_its_size() {
        let mut purse = Purse::new(Budget {
            deposit: WHOLE / 10,
            bucket: 1,
        });
        (0..20).for_each(|_| purse.earn());
        assert_eq!([purse.pay(), purse.pay()], [true, false]);
    }
}
