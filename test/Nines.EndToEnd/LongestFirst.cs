using Xunit.Sdk;
using Xunit.v3;

// Two collections of real servers keep two processors busy; the third thread is for tests that wait for clients rather than for guests.
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
