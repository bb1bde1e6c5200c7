namespace Nines.Host.Networks;

/// <summary>Where packets go that leave a network for an address outside of the public pool.</summary>
public enum Egress
{
    /// <summary>Nowhere: guests reach each other and this machine's public pool only.</summary>
    None,

    /// <summary>Out by the machine's own default route, masqueraded; nowhere while the machine has none.</summary>
    Uplink,
}
