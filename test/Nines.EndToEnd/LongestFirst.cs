using Xunit.Sdk;
using Xunit.v3;

// Three collections of real servers: while two keep two processors busy, the third waits, for clients or for the end of something. What is left comes last.
[assembly: Parallelization(MaxThreads = 3)]
[assembly: TestCollectionOrderer(typeof(Nines.EndToEnd.LongestFirst))]

namespace Nines.EndToEnd;

/// <summary>Begins with the collections that boot servers one after the other: begun last, each would end with a processor that has nothing to do.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => collection.TestCollectionDisplayName.EndsWith("real servers", StringComparison.Ordinal) ? 0 : 1)];
}
