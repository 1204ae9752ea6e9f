"""Spreadsheets into the register and the deployments: every row judged, every refusal explained."""
