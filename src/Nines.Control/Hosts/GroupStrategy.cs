namespace Nines.Control.Hosts;

/// <summary>What a placement group is for.</summary>
internal enum GroupStrategy
{
    /// <summary>Near each other: in one zone, on one host as far as there is room.</summary>
    Cluster,

    /// <summary>Apart from each other: each on a host of its own.</summary>
    Spread,

    /// <summary>In partitions that share no host.</summary>
    Partition,
}
