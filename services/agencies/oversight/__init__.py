"""What the ministry sees before and after: rule sets compared and consulted on, inspections by risk, watch-list, renewals."""
