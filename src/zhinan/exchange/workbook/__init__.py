"""The workbook (XLSX): one layout for template, export and import."""
