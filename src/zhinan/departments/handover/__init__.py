"""Hand-over (机构改革): departments are merged, split or renamed in one audited job."""
