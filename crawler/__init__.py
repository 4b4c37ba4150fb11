"""certhound finds sites imitating safety regulators and sales of forged operation certificates."""
