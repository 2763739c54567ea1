#pragma once

/* How often this process took memory since it started. */
unsigned long tapedeck_allocation_count(void);
