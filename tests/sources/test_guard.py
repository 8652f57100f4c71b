"""Which network addresses sources may lead us to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagwire.sources.guard import refused


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1"],
)
def test_public_addresses_are_open(address):
    assert refused(address) is None


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("0.0.0.0", "this host"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("fd00:ec2::254", "private"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("100.100.100.200", "carrier-grade NAT"),
        ("169.254.169.254", "link-local, where clouds keep their metadata"),
        ("168.63.129.16", "a cloud's metadata service"),
        ("fe80::1%eth0", "link-local"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::ffff:127.0.0.1", "IPv4-mapped"),
        ("::ffff:93.184.216.34", "IPv4-mapped"),
        ("::127.0.0.1", "IPv4-compatible"),
        ("64:ff9b::7f00:1", "NAT64"),
        ("64:ff9b:1::a00:1", "NAT64"),
        ("2001:0:53aa:64c::1", "Teredo"),
        ("2002:7f00:1::", "6to4"),
        ("fec0::1", "site-local"),
        ("5f00::1", "reserved"),
        ("example.org", "no IP address"),
    ],
)
def test_addresses_of_other_networks_are_refused_by_their_reason(address, why):
    assert refused(address) == why


@given(st.ip_addresses())
def test_nothing_is_open_that_python_itself_calls_private(address):
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert refused(str(address)) is not None
