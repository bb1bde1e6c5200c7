namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of one kind of resource, parsed: its prefix and its form were checked, not that it exists.</summary>
internal interface IResourceId<TSelf>
    where TSelf : struct, IResourceId<TSelf>
{
    /// <summary>What ids of this kind look like and how AWS complains about them.</summary>
    static abstract ResourceKind Kind { get; }

    /// <summary>Wraps a value whose form was checked.</summary>
    static abstract TSelf Wrap(string value);

    /// <summary>The id as clients write it.</summary>
    string Value { get; }
}
