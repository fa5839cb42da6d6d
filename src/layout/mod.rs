//! Our own `terraform fmt`: spaces, indentation and alignment of rendered HCL.
