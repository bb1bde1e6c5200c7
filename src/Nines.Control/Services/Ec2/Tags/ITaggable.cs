using System.Collections.Immutable;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Tags;

/// <summary>A record whose resource can be tagged; the tags are part of it, so that filters read nothing else and a write is one record.</summary>
internal interface ITaggable<TSelf> : IResource
    where TSelf : class, ITaggable<TSelf>
{
    /// <summary>The tags.</summary>
    ImmutableSortedDictionary<string, string> Tags { get; }

    /// <summary>The same with other tags.</summary>
    TSelf WithTags(ImmutableSortedDictionary<string, string> tags);
}
