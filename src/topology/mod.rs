//! Reading and checking of topology files.
