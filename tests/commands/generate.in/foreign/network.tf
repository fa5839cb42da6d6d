resource "aws_vpc" "ours" {}
