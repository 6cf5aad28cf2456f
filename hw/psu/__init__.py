"""The popcount sorting unit: keys, sorters behind one interface, the unit, the link orderer."""
